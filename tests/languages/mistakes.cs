using System;
using System.Net.Http;
using OpenAI;
using OpenAI.Chat;

public class Assistant
{
    private const string Placeholder = "YOUR_API_KEY"; // expect: KL201
    private const string Leaked = "«openai.key»"; // expect: KL101
    private readonly HttpClient http = new HttpClient { BaseAddress = new Uri("https://api.openai.com/v1/") };

    public void Clients()
    {
        DotNetEnv.Env.Load();
        Environment.SetEnvironmentVariable("ANTHROPIC_API_KEY", "your-api-key"); // expect: KL201
        var first = new OpenAIClient("OPENAI_API_KEY"); // expect: KL202
        var second = new ChatClient("gpt-4o", "«openai.key»"); // expect: KL101
        var third = new ChatClient(model: "gpt-4o", apiKey: Placeholder);
        var fourth = new OpenAIClient(Environment.GetEnvironmentVariable("«openai.key»")); // expect: KL102
        var fifth = new OpenAIClientOptions { OrganizationId = "Personal" }; // expect: KL401
        var sixth = new OpenAIClient(Environment.GetEnvironmentVariable("OPENAI_API_KEY") ?? "«openai.key»"); // expect: KL103
        var good = new ChatClient("gpt-4o", Environment.GetEnvironmentVariable("OPENAI_API_KEY"));
    }

    public void Headers(HttpRequestMessage request, string apiKey)
    {
        var key = Environment.GetEnvironmentVariable("OPENAI_API_KEY");
        http.DefaultRequestHeaders.Add("Authorization", "Bearer" + key); // expect: KL302
        http.DefaultRequestHeaders.Add("Authorization", "Bearer {apiKey}"); // expect: KL203
        http.DefaultRequestHeaders.Add("Authorization", key); // expect: KL301
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer: {key}"); // expect: KL302
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "Bearer " + key); // expect: KL302
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer ", key); // expect: KL302
        http.DefaultRequestHeaders.Add("OpenAI-Organization", ""); // expect: KL403
        http.DefaultRequestHeaders.Add("OpenAI-Organization", Config["OpenAI:Org"] ?? ""); // expect: KL403
        Console.WriteLine(key); // expect: KL603
        Console.WriteLine("key set: " + !string.IsNullOrEmpty(key));
        http.DefaultRequestHeaders.Add("Authorization", "Bearer " + key);
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {apiKey}");
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.Add("Authorization", string.Format("Bearer {0}", key));
    }
}
