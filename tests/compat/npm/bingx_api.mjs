// Has the npm package bingx-api do what it offers outside of perpetuals: the time, and listen keys. What to ask
// for comes as JSON on standard input, what came back goes to standard output, with every address that it knows.
// It asks the host that is written into it; where a port is given, connections are led there.

import { globalAgent } from "node:https";
import tls from "node:tls";
import bingx from "bingx-api";
import extending from "bingx-api/bingx/endpoints/bingx-extend-listen-key-endpoint.js";

const { profiles, control, port } = JSON.parse(await new Response(process.stdin).text());

if (port) {
  globalAgent.createConnection = (options) => tls.connect({ ...options, host: "127.0.0.1", port });
}
const account = new bingx.ApiAccount("alice-key", "alice-secret");
const executor = new bingx.HttpRequestExecutor();
const keys = new bingx.BingxApiClient(executor).getListenKeyService();
console.error = () => {}; // it writes there what it cannot read

// It asks for the time twice, once for what it sends and once for what it signs: which of the two cases a request
// meets is chance, and here it is given.
const read = Date.now;
const within = (passes) => {
  let now = read();
  Date.now = () => (passes ? (now += 1) : now);
};

let listenKey;
const calls = {
  "generateListenKey, a millisecond passes": () => keys.generateListenKey(account),
  generateListenKey: async () => {
    const answer = await keys.generateListenKey(account);
    listenKey = answer.listenKey;
    return answer;
  },
  BingxExtendListenKeyEndpoint: () =>
    executor.execute(new extending.BingxExtendListenKeyEndpoint(listenKey, account)),
  BingxGetServerTimeEndpoint: () => executor.execute(new bingx.BingxGetServerTimeEndpoint(account)),
};
const answers = {};
for (const profile of profiles) {
  if (control) await fetch(`${control}/profile`, { method: "PUT", body: JSON.stringify({ profile }) });
  answers[profile] = {};
  for (const [name, call] of Object.entries(calls)) {
    within(name.endsWith("passes"));
    try {
      answers[profile][name] = { answer: await call() };
    } catch (error) {
      answers[profile][name] = { error: error.constructor.name };
    }
  }
}
Date.now = read;
const endpoints = Object.keys(bingx).filter((name) => /^Bingx.+Endpoint$/.test(name));
console.log(JSON.stringify({ answers, paths: endpoints.map((name) => bingx[name].prototype.path()) }));
