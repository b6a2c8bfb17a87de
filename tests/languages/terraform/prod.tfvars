openai_api_key = "«openai.key»" # expect: KL101
region         = "eu-central-1"
