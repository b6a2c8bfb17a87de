require "openai"
require "net/http"

Dotenv.load
ENV["ANTHROPIC_API_KEY"] = "your-api-key" # expect: KL201
LEAKED = "«openai.key»" # expect: KL101

first = OpenAI::Client.new(access_token: "YOUR_APIKEY") # expect: KL201
second = OpenAI::Client.new(access_token: "OPENAI_API_KEY") # expect: KL202
third = OpenAI::Client.new(access_token: ENV["«openai.key»"]) # expect: KL102
fourth = OpenAI::Client.new(access_token: ENV.fetch("OPENAI_API_KEY", "«openai.key»")) # expect: KL103
fifth = OpenAI::Client.new(access_token: ENV["OPENAI_API_KEY"], organization_id: "Personal") # expect: KL401
sixth = OpenAI::Client.new(access_token: "#{ENV["OPENAI_API_KEY"]}")

OpenAI.configure do |config|
  config.access_token = "your-api-key" # expect: KL201
  config.organization_id = ENV["OPENAI_ORG_ID"]
end

uri = URI("https://api.openai.com/v1/models")
request = Net::HTTP::Get.new(uri)
key = ENV["OPENAI_API_KEY"]
request["Authorization"] = "Bearer" + key # expect: KL302
request["Authorization"] = key # expect: KL301
request["Authorization"] = 'Bearer #{key}' # expect: KL203
request.add_field("Authorization", "Bearer: #{key}") # expect: KL302
request["OpenAI-Organization"] = "" # expect: KL403
HTTParty.get("https://api.openai.com/v1/models", headers: { "Authorization" => 'Bearer $OPENAI_API_KEY' }) # expect: KL203
conn.request :authorization, "Bearer", "Bearer #{key}" # expect: KL302
puts key # expect: KL603
puts "key set: #{!key.nil?}"
request["Authorization"] = "Bearer #{key}"
request["Authorization"] = "Bearer " + ENV.fetch("OPENAI_API_KEY")
conn.request :authorization, "Bearer", key
