import "dotenv/config";
import OpenAI from "openai";

process.env.ANTHROPIC_API_KEY = "your-api-key"; // expect: KL201
const client = new OpenAI({ apiKey: "OPENAI_API_KEY" }); // expect: KL202
console.log(process.env.OPENAI_API_KEY); // expect: KL603
const good = new OpenAI({ apiKey: process.env.OPENAI_API_KEY! });
