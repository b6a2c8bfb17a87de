system("curl https://api.openai.com/v1/models -H 'Authorization: Bearer $OPENAI_API_KEY'") # expect: KL203
system("curl", "https://api.openai.com/v1/models", "-H", "Authorization: Bearer $OPENAI_API_KEY") # expect: KL203
system("curl https://api.openai.com/v1/models -H 'Authorization: Bearer #{ENV['OPENAI_API_KEY']}'")
system('curl https://api.openai.com/v1/models -H "Authorization: Bearer $OPENAI_API_KEY"')
