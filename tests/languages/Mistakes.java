import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.theokanning.openai.service.OpenAiService;
import java.net.http.HttpRequest;
import okhttp3.Request;

class Mistakes {
    private static final String URL = "https://api.openai.com/v1/chat/completions";
    private static final String API_KEY = "YOUR_API_KEY"; // expect: KL201
    private static final String OPENAI_API_KEY = "«openai.key»"; // expect: KL101

    void clients() {
        Dotenv dotenv = Dotenv.load();
        OpenAIClient first = OpenAIOkHttpClient.builder().apiKey("OPENAI_API_KEY").build(); // expect: KL202
        OpenAiService second = new OpenAiService("«openai.key»"); // expect: KL101
        OpenAIClient third = OpenAIOkHttpClient.builder()
            .apiKey(System.getenv("«openai.key»")) // expect: KL102
            .organization("My Company") // expect: KL401
            .build();
        OpenAIClient fourth = OpenAIOkHttpClient.builder().apiKey(System.getenv("OPENAI_API_KEY")).build();
        OpenAIClient fifth = OpenAIOkHttpClient.fromEnv();
        OpenAIClient sixth = OpenAIOkHttpClient.builder()
            .apiKey(System.getenv().getOrDefault("OPENAI_API_KEY", "«openai.key»")) // expect: KL103
            .build();
    }

    void headers(String apiKey) {
        String key = System.getenv("OPENAI_API_KEY");
        HttpRequest.newBuilder().uri(URI.create(URL)).header("Authorization", "Bearer" + key).build(); // expect: KL302
        HttpRequest.newBuilder().uri(URI.create(URL)).header("Authorization", key).build(); // expect: KL301
        HttpRequest.newBuilder().uri(URI.create(URL)).header("Authorization", "Bearer $apiKey").build(); // expect: KL203
        new Request.Builder().url(URL).addHeader("Authorization", "Bearer " + API_KEY).build();
        new Request.Builder().url(URL).addHeader("Authorisation", "Bearer " + key).build(); // expect: KL304
        connection.setRequestProperty("OpenAI-Organization", ""); // expect: KL403
        headers.setBearerAuth("Bearer " + key); // expect: KL302
        System.out.println(key); // expect: KL603
        System.out.println("key is set: " + (key != null));
        HttpRequest.newBuilder().uri(URI.create(URL)).header("Authorization", "Bearer " + apiKey).build();
        HttpRequest.newBuilder().uri(URI.create(URL)).header("Authorization", String.format("Bearer %s", apiKey)).build();
        headers.setBearerAuth(apiKey);
    }
}
