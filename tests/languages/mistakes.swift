import Foundation
import OpenAI

let leaked = "«openai.key»" // expect: KL101

final class Api {
    private let placeholder = "YOUR_API_KEY" // expect: KL201
    let first = OpenAI(apiToken: "OPENAI_API_KEY") // expect: KL202
    let second = OpenAI(apiToken: ProcessInfo.processInfo.environment["«openai.key»"]!) // expect: KL102
    let third = OpenAI(apiToken: ProcessInfo.processInfo.environment["OPENAI_API_KEY"] ?? "«openai.key»") // expect: KL103
    let fourth = OpenAI(configuration: OpenAI.Configuration(token: token(), organizationIdentifier: "Personal")) // expect: KL401

    func setUp() {
        setenv("ANTHROPIC_API_KEY", "your-api-key", 1) // expect: KL201
    }

    func headers(apiKey: String) {
        var request = URLRequest(url: URL(string: "https://api.openai.com/v1/models")!)
        let key = ProcessInfo.processInfo.environment["OPENAI_API_KEY"] ?? "none"
        request.setValue("Bearer \(placeholder)", forHTTPHeaderField: "Authorization")
        request.setValue("Bearer" + apiKey, forHTTPHeaderField: "Authorization") // expect: KL302
        request.setValue("Bearer $apiKey", forHTTPHeaderField: "Authorization") // expect: KL203
        request.addValue("Bearer: \(apiKey)", forHTTPHeaderField: "Authorization") // expect: KL302
        request.setValue("", forHTTPHeaderField: "OpenAI-Organization") // expect: KL403
        request.allHTTPHeaderFields = ["Authorization": "Bearer {apiKey}", "Content-Type": "application/json"] // expect: KL203
        print(ProcessInfo.processInfo.environment["OPENAI_API_KEY"]!) // expect: KL603
        print("key set: \(!apiKey.isEmpty)")
        request.setValue("Bearer \(apiKey)", forHTTPHeaderField: "Authorization")
        request.allHTTPHeaderFields = ["Authorization": "Bearer " + apiKey]
    }
}
