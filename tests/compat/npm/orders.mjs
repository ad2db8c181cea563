// Has ccxt's npm package trade. The steps come as JSON on standard input, what came of each goes to standard
// output. Nothing of ccxt is changed but the host that it asks; its methods are called as a program would, and
// every answer is judged elsewhere.

import ccxt from "ccxt";

const { steps, profiles, com, control, keys } = JSON.parse(await new Response(process.stdin).text());

const steer = async (method, path, body) => {
  const reply = await fetch(control + path, { method, body: body ? JSON.stringify(body) : undefined });
  if (!reply.ok) throw new Error(`${path}: ${await reply.text()}`);
  return reply.json();
};

const clients = {};
for (const [name, key] of Object.entries(keys)) {
  // Their own rate limit would have every call wait for half a second.
  clients[name] = new ccxt.bingx({ ...key, enableRateLimit: false });
  for (const api of Object.keys(clients[name].urls.api)) clients[name].urls.api[api] = `${com}/openApi`;
}

class Missing extends Error {}

// With the ids of earlier answers in the place of their names.
const filledIn = (argument, given) => {
  if (Array.isArray(argument)) return argument.map((inner) => filledIn(inner, given));
  if (argument instanceof Object) {
    const filled = Object.entries(argument).map(([key, inner]) => [key, inner && filledIn(inner, given)]);
    return Object.fromEntries(filled);
  }
  if (typeof argument !== "string" || !argument.startsWith("$")) return argument ?? undefined;
  const [name, place] = argument.slice(1).split(".");
  const order = place === undefined ? given[name] : given[name]?.[place];
  if (!order?.id) throw new Missing(argument.slice(1));
  return order.id;
};

const taken = async ({ who, method, arguments: passed, name }, given) => {
  try {
    const filled = filledIn(passed, given);
    const answer = who === "control" ? await steer(method, ...filled) : await clients[who][method](...filled);
    if (name) given[name] = answer;
    return { answer };
  } catch (error) {
    return error instanceof Missing ? { missing: error.message } : { error: error.constructor.name };
  }
};

const found = {};
for (const profile of profiles) {
  await steer("POST", "/reset");
  await steer("PUT", "/profile", { profile });
  const given = {};
  found[profile] = [];
  for (const step of steps) found[profile].push(await taken(step, given));
}
console.log(JSON.stringify(found));
