$env:OPENAI_API_KEY = "«openai.key»" # expect: KL101
$env:ANTHROPIC_API_KEY = "your-api-key" # expect: KL201
setx OPENAI_API_KEY "«openai.key»" # expect: KL101
[Environment]::SetEnvironmentVariable("OPENAI_API_KEY", "«openai.key»", "User") # expect: KL101
$url = "https://api.openai.com/v1/models"
$key = $env:OPENAI_API_KEY
$apiKey = "YOUR_API_KEY" # expect: KL201
Invoke-RestMethod -Uri $url -Headers @{ Authorization = "Bearer $apiKey" }
Invoke-RestMethod -Uri $url -Headers @{ Authorization = 'Bearer $env:OPENAI_API_KEY' } # expect: KL203
Invoke-RestMethod -Uri $url -Headers @{ 'Authorization' = 'Bearer $key' } # expect: KL203
Invoke-RestMethod -Uri $url -Headers @{ Authorization = "Bearer$key" } # expect: KL302
Invoke-RestMethod -Uri $url -Headers @{ Authorization = $key } # expect: KL301
Invoke-RestMethod -Uri $url -Headers @{ Authorization = "Bearer " + $env:OPENAI_API_KEY; 'OpenAI-Organization' = '' } # expect: KL403
$headers = @{}
$headers.Add("Authorization", "Bearer: " + $key) # expect: KL302
$headers["OpenAI-Organization"] = "Personal" # expect: KL401
Write-Host $key # expect: KL603
Write-Host "key set: $($null -ne $key)"
Invoke-RestMethod -Uri $url -Headers @{ Authorization = "Bearer $key" }
Invoke-RestMethod -Uri $url -Headers @{ Authorization = "Bearer $($env:OPENAI_API_KEY)" }
$headers.Add("Authorization", "Bearer $env:OPENAI_API_KEY")
$text = "Bearer {0}" -f $key
