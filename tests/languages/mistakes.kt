package com.example

import com.aallam.openai.client.OpenAI
import okhttp3.Request

private const val URL = "https://api.openai.com/v1/chat/completions"
private const val LEAKED = "«openai.key»" // expect: KL101

val dotenv = dotenv()

class Api(private val apiKey: String) {
    private val placeholder = "YOUR_API_KEY" // expect: KL201
    val first = OpenAI(token = "OPENAI_API_KEY") // expect: KL202
    val second = OpenAI(token = System.getenv("«openai.key»")) // expect: KL102
    val third = OpenAI(token = System.getenv("OPENAI_API_KEY") ?: "«openai.key»") // expect: KL103
    val fourth = OpenAI(token = System.getenv("OPENAI_API_KEY"), organization = "org_123") // expect: KL401

    fun headers() {
        val key = System.getenv("OPENAI_API_KEY")
        Request.Builder().url(URL).addHeader("Authorization", "Bearer $placeholder").build()
        Request.Builder().url(URL).addHeader("Authorization", "Bearer" + key).build() // expect: KL302
        Request.Builder().url(URL).header("Authorization", key).build() // expect: KL301
        Request.Builder().url(URL).header("Authorization", "Bearer {apiKey}").build() // expect: KL203
        Request.Builder().url(URL).header("OpenAI-Organization", "").build() // expect: KL403
        println(key) // expect: KL603
        println("key set: ${key != null}")
        Request.Builder().url(URL).header("Authorization", "Bearer $apiKey").build()
        Request.Builder().url(URL).header("Authorization", "Bearer ${apiKey.trim()}").build()
        Request.Builder().url(URL).header("Authorization", "Bearer " + System.getenv("OPENAI_API_KEY")).build()
    }
}
