import com.theokanning.openai.service.OpenAiService;
class A {
  String ask(ChatCompletionRequest request) throws Exception {
    while (true) {
      try {
        return service.createChatCompletion(request).getChoices().get(0).getMessage().getContent();
      } catch (OpenAiHttpException e) {  // expect: KL702
        if (e.statusCode == 429) Thread.sleep(20000);
      }
    }
  }
  String b(ChatCompletionRequest request) {
    try {
      return service.createChatCompletion(request).toString();
    } catch (RateLimitException e) {  // expect: KL705
      return null;
    }
  }
}
