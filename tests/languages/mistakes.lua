local openai = require("openai")
local http = require("socket.http")

local leaked = "«openai.key»" -- expect: KL101
local first = openai.new("YOUR_API_KEY") -- expect: KL201
local second = openai.new("OPENAI_API_KEY") -- expect: KL202
local third = openai.new(os.getenv("«openai.key»")) -- expect: KL102
local fourth = openai.new(os.getenv("OPENAI_API_KEY") or "«openai.key»") -- expect: KL103

local url = "https://api.openai.com/v1/models"
local key = os.getenv("OPENAI_API_KEY")
http.request({ url = url, headers = { ["Authorization"] = "Bearer" .. key } }) -- expect: KL302
http.request({ url = url, headers = { ["Authorization"] = key } }) -- expect: KL301
http.request({ url = url, headers = { ["Authorization"] = "Bearer ${key}" } }) -- expect: KL203
http.request({ url = url, headers = { Authorization = string.format("Bearer: %s", key) } }) -- expect: KL302
http.request({ url = url, headers = { ["Authorization"] = "Bearer " } }) -- expect: KL303
http.request({ url = url, headers = { ["OpenAI-Organization"] = "", ["Authorization"] = "Bearer " .. key } }) -- expect: KL403
print(key) -- expect: KL603
print("key set: " .. tostring(key ~= nil))
http.request({ url = url, headers = { ["Authorization"] = "Bearer " .. key } })
http.request({ url = url, headers = { Authorization = string.format("Bearer %s", key) } })
local headers = {}
headers["Authorization"] = "Bearer " .. key
