// Asks ccxt's npm package for market data. What to ask comes as JSON on standard input, what came back goes to
// standard output. Nothing of ccxt is changed but the host that it asks, where one is given; its methods are
// called as a program would, and every answer is judged elsewhere.

import ccxt from "ccxt";

const { methods, profiles, com, control, keys, now: given } = JSON.parse(await new Response(process.stdin).text());

const steer = async (method, path, body) => {
  const reply = await fetch(control + path, { method, body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`${path}: ${await reply.text()}`);
};

// Their own rate limit would have every call wait for half a second.
const exchange = new ccxt.bingx({ ...keys, enableRateLimit: false });
if (com) {
  for (const api of Object.keys(exchange.urls.api)) exchange.urls.api[api] = `${com}/openApi`;
}
const found = [];
for (const profile of profiles) {
  const now = given ?? Date.now();
  if (control) {
    await steer("PUT", "/profile", { profile });
    await steer("PUT", "/clock", { mode: "frozen", now });
    await steer("POST", "/markets/spot/BTC-USDT/move", { price: methods.price });
  }
  for (const { name, before, since, after } of methods.calls) {
    const minute = now - (now % 60000);
    const passed = since === null ? before : [...before, minute + since, ...after];
    const answered = { profile, now };
    try {
      answered.answer = await exchange[name](...passed.map((argument) => argument ?? undefined));
    } catch (error) {
      answered.error = error.constructor.name;
    }
    found.push(answered);
  }
}
console.log(JSON.stringify(found));
