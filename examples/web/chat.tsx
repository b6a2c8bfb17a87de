import OpenAI from "openai";

const client = new OpenAI({
  apiKey: import.meta.env.VITE_OPENAI_API_KEY,
  dangerouslyAllowBrowser: true,
});

export async function ask(question: string) {
  const answer = await client.responses.create({ model: "gpt-5-mini", input: question });
  return answer.output_text;
}
