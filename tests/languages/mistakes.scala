import io.cequence.openaiscala.service.OpenAIServiceFactory

object Mistakes {
  val leaked = "«openai.key»" // expect: KL101
  val placeholder = "YOUR_API_KEY" // expect: KL201
  val first = OpenAIServiceFactory(apiKey = "OPENAI_API_KEY") // expect: KL202
  val second = OpenAIServiceFactory(apiKey = sys.env("«openai.key»")) // expect: KL102
  val third = OpenAIServiceFactory(apiKey = sys.env.getOrElse("OPENAI_API_KEY", "«openai.key»")) // expect: KL103
  val fourth = OpenAIServiceFactory(apiKey = sys.env("OPENAI_API_KEY"), orgId = Some("Personal")) // expect: KL401

  val dotenv = Dotenv.load()

  def headers(apiKey: String) = {
    val key = sys.env("OPENAI_API_KEY")
    basicRequest.get(uri"https://api.openai.com/v1/models").header("Authorization", "Bearer" + key) // expect: KL302
    basicRequest.get(uri"https://api.openai.com/v1/models").header("Authorization", "Bearer $apiKey") // expect: KL203
    basicRequest.get(uri"https://api.openai.com/v1/models").header("Authorization", key) // expect: KL301
    basicRequest.get(uri"https://api.openai.com/v1/models").auth.bearer("Bearer " + key) // expect: KL302
    basicRequest.get(uri"https://api.openai.com/v1/models").headers(Map("Authorization" -> s"Bearer $placeholder"))
    basicRequest.get(uri"https://api.openai.com/v1/models").header("OpenAI-Organization", "") // expect: KL403
    println(key) // expect: KL603
    println(s"key set: ${key.nonEmpty}")
    basicRequest.get(uri"https://api.openai.com/v1/models").header("Authorization", s"Bearer $apiKey")
    basicRequest.get(uri"https://api.openai.com/v1/models").headers(Map("Authorization" -> ("Bearer " + key)))
    basicRequest.get(uri"https://api.openai.com/v1/models").auth.bearer(key)
  }
}
