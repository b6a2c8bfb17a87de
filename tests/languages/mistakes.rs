use async_openai::{config::OpenAIConfig, Client};
use reqwest::header::AUTHORIZATION;
use std::env;

const URL: &str = "https://api.openai.com/v1/models";
const LEAKED: &str = "«openai.key»"; // expect: KL101

fn clients() {
    dotenvy::dotenv().ok();
    std::env::set_var("ANTHROPIC_API_KEY", "your-api-key"); // expect: KL201
    let first = OpenAIConfig::new().with_api_key("OPENAI_API_KEY"); // expect: KL202
    let second = OpenAIConfig::new().with_api_key("your-api-key").with_org_id("Personal"); // expect: KL201, KL401
    let third = OpenAIConfig::new().with_api_key(env::var("«openai.key»").unwrap()); // expect: KL102
    let fourth = OpenAIConfig::new().with_api_key(env::var("OPENAI_API_KEY").unwrap_or("«openai.key»".to_string())); // expect: KL103
    let good = OpenAIConfig::new().with_api_key(env::var("OPENAI_API_KEY").expect("set OPENAI_API_KEY"));
}

fn headers(client: reqwest::Client, api_key: String) {
    let key = env::var("OPENAI_API_KEY").unwrap();
    client.get(URL).header("Authorization", "Bearer {api_key}").send(); // expect: KL203
    client.get(URL).header("Authorization", format!("Bearer{}", key)).send(); // expect: KL302
    client.get(URL).header(AUTHORIZATION, key.clone()).send(); // expect: KL301
    client.get(URL).bearer_auth(format!("Bearer {}", key)).send(); // expect: KL302
    client.get(URL).bearer_auth("YOUR_API_KEY").send(); // expect: KL201
    client.get(URL).header("OpenAI-Organization", "").send(); // expect: KL403
    println!("{}", key); // expect: KL603
    println!("key set: {}", !key.is_empty());
    client.get(URL).header("Authorization", format!("Bearer {api_key}")).send();
    client.get(URL).header(AUTHORIZATION, format!("Bearer {}", api_key)).send();
    client.get(URL).bearer_auth(&key).send();
}
