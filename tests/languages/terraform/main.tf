variable "openai_api_key" {
  type    = string
  default = "«openai.key»" # expect: KL101
}

variable "anthropic_api_key" {
  type      = string
  sensitive = true
  default   = ""
}

variable "openai_organization" {
  default = "Personal" # expect: KL401
}

resource "aws_lambda_function" "chat" {
  environment {
    variables = {
      OPENAI_API_KEY = var.openai_api_key
      GROQ_API_KEY   = "your-api-key" # expect: KL201
      MODEL          = "gpt-4o"
    }
  }
}
