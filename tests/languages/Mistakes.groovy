import groovyx.net.http.RESTClient

def dotenv = Dotenv.load()
def leaked = "«openai.key»" // expect: KL101
def first = new OpenAiService("YOUR_API_KEY") // expect: KL201
def second = new OpenAiService('OPENAI_API_KEY') // expect: KL202
def third = new OpenAiService(System.getenv("«openai.key»")) // expect: KL102
def fourth = new OpenAiService(System.getenv("OPENAI_API_KEY") ?: "«openai.key»") // expect: KL103

def url = "https://api.openai.com/v1/models"
def key = System.getenv("OPENAI_API_KEY")
client.get(uri: url, headers: [Authorization: "Bearer" + key]) // expect: KL302
client.get(uri: url, headers: [Authorization: 'Bearer ${key}']) // expect: KL203
client.get(uri: url, headers: ['Authorization': key]) // expect: KL301
connection.setRequestProperty("Authorization", "Bearer: ${key}") // expect: KL302
connection.setRequestProperty("OpenAI-Organization", "") // expect: KL403
println(key) // expect: KL603
println "key set: ${key != null}"
client.get(uri: url, headers: [Authorization: "Bearer ${key}"])
connection.setRequestProperty("Authorization", "Bearer $key")
connection.setRequestProperty("Authorization", "Bearer " + System.getenv("OPENAI_API_KEY"))
