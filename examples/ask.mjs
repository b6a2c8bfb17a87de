// Asks which models there are.
import OpenAI from "openai";

const client = new OpenAI({
  apiKey: "YOUR_API_KEY",
  organization: "org_ABC123",
});

for await (const model of client.models.list()) {
  console.log(model.id);
}
