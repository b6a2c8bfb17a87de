using OpenAI.Chat;
class A {
  async Task<string> Ask(ChatClient client, List<string> rows) {
    for (int i = 0; i < 5; i++) {
      try {
        return (await client.CompleteChatAsync("x")).Value.ToString();
      } catch (ClientResultException e) when (e.Status == 429) {
        await Task.Delay(1000 * i);
      }
    }
    return null;
  }
  async Task All(ChatClient client, List<string> rows) {
    await Task.WhenAll(rows.Select(r => client.CompleteChatAsync(r)));  // expect: KL706
  }
}
