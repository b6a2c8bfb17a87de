library(httr)
library(ellmer)

dotenv::load_dot_env()
leaked <- "«openai.key»" # expect: KL101
Sys.setenv(OPENAI_API_KEY = "YOUR_API_KEY") # expect: KL201
first <- chat_openai(api_key = "OPENAI_API_KEY") # expect: KL202
second <- create_chat_completion(openai_api_key = Sys.getenv("«openai.key»")) # expect: KL102
third <- create_chat_completion(openai_api_key = Sys.getenv("OPENAI_API_KEY", "«openai.key»")) # expect: KL103
fourth <- create_chat_completion(openai_api_key = Sys.getenv("OPENAI_API_KEY"), openai_organization = "Personal") # expect: KL401

url <- "https://api.openai.com/v1/models"
key <- Sys.getenv("OPENAI_API_KEY")
GET(url, add_headers(Authorization = paste0("Bearer", key))) # expect: KL302
GET(url, add_headers(Authorization = key)) # expect: KL301
GET(url, add_headers(Authorization = "Bearer {key}")) # expect: KL203
GET(url, add_headers(Authorization = paste("Bearer:", key))) # expect: KL302
GET(url, add_headers(`OpenAI-Organization` = "", Authorization = paste("Bearer", key))) # expect: KL403
request(url) |> req_auth_bearer_token(paste("Bearer", key)) # expect: KL302
print(key) # expect: KL603
print(nchar(key) > 0)
GET(url, add_headers(Authorization = paste("Bearer", key)))
GET(url, add_headers(Authorization = paste0("Bearer ", key)))
request(url) |> req_auth_bearer_token(key)
request(url) |> req_headers(Authorization = paste("Bearer", Sys.getenv("OPENAI_API_KEY")))
