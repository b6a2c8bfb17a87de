import Config

config :openai, api_key: "«openai.key»", organization_key: "org-1" # expect: KL101

defmodule Mistakes do
  @leaked "«openai.key»" # expect: KL101

  def clients do
    Dotenvy.source!([".env"])
    System.put_env("ANTHROPIC_API_KEY", "your-api-key") # expect: KL201
    first = OpenaiEx.new("YOUR_API_KEY") # expect: KL201
    second = OpenaiEx.new("OPENAI_API_KEY") # expect: KL202
    third = OpenaiEx.new(System.get_env("«openai.key»")) # expect: KL102
    fourth = OpenaiEx.new(System.get_env("OPENAI_API_KEY", "«openai.key»")) # expect: KL103
    fifth = OpenaiEx.new(System.fetch_env!("OPENAI_API_KEY"), "Personal") # expect: KL401
  end

  def headers(api_key) do
    key = System.get_env("OPENAI_API_KEY")
    url = "https://api.openai.com/v1/models"
    Req.get(url, headers: [{"Authorization", "Bearer" <> key}]) # expect: KL302
    Req.get(url, headers: [{"Authorization", key}]) # expect: KL301
    Req.get(url, headers: %{"authorization" => "Bearer ${OPENAI_API_KEY}"}) # expect: KL203
    HTTPoison.get(url, [{"Authorization", "Bearer: #{key}"}]) # expect: KL302
    HTTPoison.get(url, [{"OpenAI-Organization", ""}, {"Content-Type", "application/json"}]) # expect: KL403
    IO.puts(key) # expect: KL603
    IO.puts("key set: #{key != nil}")
    Req.get(url, headers: [{"Authorization", "Bearer #{api_key}"}])
    Req.get(url, headers: %{"authorization" => "Bearer " <> api_key})
    Req.get(url, auth: {:bearer, api_key})
  end
end
