import OpenAI from "openai";

const openai = new OpenAI();

export async function once(request: Request) {
  try {
    return await openai.responses.create(request);
  } catch (error: any) { // expect: KL705
    if (error.status === 429) return "";
    throw error;
  }
}

export async function again(request: Request): Promise<unknown> {
  try {
    return await openai.responses.create(request);
  } catch (error: any) { // expect: KL702
    if (error.status === 429) return again(request);
    throw error;
  }
}

export async function counted(request: Request, left = 3): Promise<unknown> {
  try {
    return await openai.responses.create(request);
  } catch (error: any) {
    if (error.status === 429 && left > 0) {
      await new Promise((done) => setTimeout(done, 1000 * 2 ** left));
      return counted(request, left - 1);
    }
    throw error;
  }
}

export async function last(request: Request) {
  for (let attempt = 0; attempt < 4; attempt++) {
    try {
      return await openai.responses.create(request);
    } catch (error: any) {
      if (attempt === 3) throw error;
      await new Promise((done) => setTimeout(done, 1000 * 2 ** attempt));
    }
  }
}

export const all = (rows: string[]) => Promise.all(rows.map((row) => once({ input: row }))); // expect: KL706
export const both = () => Promise.all([once({ input: "a" }), once({ input: "b" })]);
