require "openai"
client = OpenAI::Client.new(access_token: ENV["OPENAI_API_KEY"])
def ask(client, q)
  client.chat(parameters: { model: "gpt-4o", messages: q })
rescue Faraday::TooManyRequestsError  # expect: KL705
  ""
end
def again(client, q)
  begin
    client.chat(parameters: { model: "gpt-4o", messages: q })
  rescue Faraday::TooManyRequestsError  # expect: KL702
    retry
  end
end
