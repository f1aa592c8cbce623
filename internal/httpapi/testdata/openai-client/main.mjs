// Asks the server at argv[2] what the Go test expects, and prints what the
// client made of it as one JSON object.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.argv[2] + "/v1", apiKey: "geen", maxRetries: 0, timeout: 10_000 });
const ask = (content, more = {}) => ({ model: "bronwijzer", messages: [{ role: "user", content }], ...more });

// failure is how the client reports what f throws.
async function failure(f) {
  try {
    await f();
    return null;
  } catch (e) {
    return { name: e.constructor.name, status: e.status ?? null, code: e.code, param: e.param, type: e.type, message: e.message };
  }
}

// follow reads a stream to its end.
async function follow(body) {
  const seen = { text: "", annotations: [], finish: [], usage: [], sources: [], ids: new Set(), roles: [] };
  for await (const chunk of await client.chat.completions.create({ ...body, stream: true })) {
    seen.ids.add(chunk.id);
    if (chunk.usage) seen.usage.push(chunk.usage);
    if (chunk.sources) seen.sources.push(chunk.sources);
    for (const { delta, finish_reason } of chunk.choices) {
      if (delta.role) seen.roles.push(delta.role);
      seen.text += delta.content ?? "";
      if (delta.annotations) seen.annotations.push(delta.annotations);
      if (finish_reason) seen.finish.push(finish_reason);
    }
  }
  return { ...seen, ids: seen.ids.size };
}

const models = [];
for await (const m of client.models.list()) models.push(m.id);

// The client's own accumulator puts chunks together to a completion.
const runner = client.chat.completions.stream(ask("Wat?", { stream_options: { include_usage: true } }));
const accumulated = await runner.finalChatCompletion();

console.log(JSON.stringify({
  models,
  completion: await client.chat.completions.create(ask("Wat?", { temperature: 0.2, user: "u", seed: 1, max_tokens: 9 })),
  parts: await client.chat.completions.create(ask([{ type: "text", text: "Wat" }, { type: "text", text: "dan?" }])),
  streamed: await follow(ask("Wat?", { stream_options: { include_usage: true } })),
  links: await follow(ask("Wat?", { model: "bronwijzer-links" })),
  accumulated,
  refused: await client.chat.completions.create(ask("weiger")),
  errors: {
    n: await failure(() => client.chat.completions.create(ask("Wat?", { n: 2 }))),
    model: await failure(() => client.chat.completions.create(ask("Wat?", { model: "gpt-4o" }))),
    busy: await failure(() => client.chat.completions.create(ask("nog niet"))),
    midStream: await failure(() => follow(ask("breek"))),
  },
}));
