import com.aallam.openai.client.OpenAI
suspend fun ask(openAI: OpenAI, r: ChatCompletionRequest): String? {
    return try {
        openAI.chatCompletion(r).choices.first().message.content
    } catch (e: RateLimitException) {  // expect: KL705
        null
    }
}
suspend fun again(openAI: OpenAI, r: ChatCompletionRequest): String {
    while (true) {
        try { return openAI.chatCompletion(r).toString() } catch (e: RateLimitException) { delay(1000) }  // expect: KL702
    }
}
