import "dotenv/config";
import OpenAI from "openai";

process.env.ANTHROPIC_API_KEY = "your-api-key"; // expect: KL201

export function Ask() {
  const client = new OpenAI({ apiKey: "OPENAI_API_KEY" }); // expect: KL202
  const good = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });
  fetch("https://api.openai.com/v1/models", { headers: { Authorization: "Bearer ${process.env.OPENAI_API_KEY}" } }); // expect: KL204
  console.log(process.env.OPENAI_API_KEY); // expect: KL603
  return <input placeholder="sk-..." />;
}
