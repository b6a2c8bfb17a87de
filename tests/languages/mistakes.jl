using OpenAI
using HTTP

DotEnv.load!()
ENV["ANTHROPIC_API_KEY"] = "your-api-key" # expect: KL201
const LEAKED = "«openai.key»" # expect: KL101
first = create_chat("YOUR_API_KEY", "gpt-4o", messages) # expect: KL201
second = create_chat("OPENAI_API_KEY", "gpt-4o", messages) # expect: KL202
third = create_chat(ENV["«openai.key»"], "gpt-4o", messages) # expect: KL102
fourth = create_chat(get(ENV, "OPENAI_API_KEY", "«openai.key»"), "gpt-4o", messages) # expect: KL103
fifth = OpenAI.OpenAIProvider(; api_key = ENV["OPENAI_API_KEY"], organization = "Personal") # expect: KL401

url = "https://api.openai.com/v1/models"
key = ENV["OPENAI_API_KEY"]
HTTP.get(url, ["Authorization" => "Bearer" * key]) # expect: KL302
HTTP.get(url, ["Authorization" => key]) # expect: KL301
HTTP.get(url; headers = Dict("Authorization" => "Bearer {key}")) # expect: KL203
HTTP.get(url, ["Authorization" => "Bearer: $key"]) # expect: KL302
HTTP.get(url, ["OpenAI-Organization" => "", "Content-Type" => "application/json"]) # expect: KL403
println(key) # expect: KL603
println("key set: ", !isempty(key))
HTTP.get(url, ["Authorization" => "Bearer $key"])
HTTP.get(url, ["Authorization" => "Bearer $(ENV["OPENAI_API_KEY"])"])
HTTP.get(url; headers = Dict("Authorization" => string("Bearer ", key)))
