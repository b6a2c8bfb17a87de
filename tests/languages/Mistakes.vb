Imports System.Net.Http
Imports OpenAI

Public Class Mistakes
    Private Const Leaked As String = "«openai.key»" ' expect: KL101
    Private Const Url As String = "https://api.openai.com/v1/models"

    Sub Clients()
        DotNetEnv.Env.Load()
        Environment.SetEnvironmentVariable("ANTHROPIC_API_KEY", "your-api-key") ' expect: KL201
        Dim first = New OpenAIClient("YOUR_API_KEY") ' expect: KL201
        Dim second = New OpenAIClient("OPENAI_API_KEY") ' expect: KL202
        Dim third As New OpenAIClient(Environment.GetEnvironmentVariable("«openai.key»")) ' expect: KL102
        Dim options = New OpenAIOptions With {.ApiKey = "your-api-key", .Organization = "Personal"} ' expect: KL201, KL401
    End Sub

    Sub Headers(apiKey As String)
        Dim key As String = Environment.GetEnvironmentVariable("OPENAI_API_KEY")
        client.DefaultRequestHeaders.Add("Authorization", "Bearer" & key) ' expect: KL302
        client.DefaultRequestHeaders.Add("Authorization", "Bearer {apiKey}") ' expect: KL203
        client.DefaultRequestHeaders.Add("Authorization", key) ' expect: KL301
        client.DefaultRequestHeaders.Authorization = New AuthenticationHeaderValue("Bearer", "Bearer " & key) ' expect: KL302
        client.DefaultRequestHeaders.Add("OpenAI-Organization", "") ' expect: KL403
        Console.WriteLine(key) ' expect: KL603
        Console.WriteLine("key set: " & Not String.IsNullOrEmpty(key))
        client.DefaultRequestHeaders.Add("Authorization", "Bearer " & key)
        client.DefaultRequestHeaders.Add("Authorization", $"Bearer {apiKey}")
        client.DefaultRequestHeaders.Authorization = New AuthenticationHeaderValue("Bearer", apiKey)
    End Sub
End Class
