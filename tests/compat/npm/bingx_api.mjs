// Has the npm package bingx-api do what it offers: perpetuals, the time, and listen keys. What to ask for comes as
// JSON on standard input, what came back goes to standard output, with every address that it knows. It asks the
// host that is written into it; where a port is given, connections are led there.

import { globalAgent } from "node:https";
import tls from "node:tls";
import bingx from "bingx-api";
import extending from "bingx-api/bingx/endpoints/bingx-extend-listen-key-endpoint.js";
import testing from "bingx-api/bingx/endpoints/bingx-trade-order-test-endpoint.js";

const { profiles, control, port, perpetuals } = JSON.parse(await new Response(process.stdin).text());

if (port) {
  globalAgent.createConnection = (options) => tls.connect({ ...options, host: "127.0.0.1", port });
}
const account = new bingx.ApiAccount("alice-key", "alice-secret");
const executor = new bingx.HttpRequestExecutor();
const client = new bingx.BingxApiClient(executor);
const keys = client.getListenKeyService();
const trade = client.getTradeService();
const owned = client.getAccountService();
console.error = () => {}; // it writes there what it cannot read

// It asks for the time twice, once for what it sends and once for what it signs: which of the two cases a request
// meets is chance, and here it is given.
const read = Date.now;
const within = (passes) => {
  let now = read();
  Date.now = () => (passes ? (now += 1) : now);
};

let listenKey;
const symbol = "BTC-USDT";
const bid = { symbol, side: "BUY", positionSide: "LONG", type: "LIMIT", quantity: "0.001", price: "50000" };
const hours = (count) => new Date(Date.now() + count * 3600000);
const ofPerpetuals = {
  switchLeverage: () => trade.switchLeverage(symbol, 10, "LONG", account),
  switchMarginMode: () => trade.switchMarginMode(symbol, "ISOLATED", account),
  createTradeOrderTest: () => executor.execute(new testing.BingxTradeOrderTestEndpoint(bid, account)),
  tradeOrder: () => trade.tradeOrder(bid, account),
  "tradeOrder, at the market": () => {
    const { price, ...atMarket } = bid;
    return trade.tradeOrder({ ...atMarket, type: "MARKET" }, account);
  },
  getPerpetualSwapPositions: () => owned.getPerpetualSwapPositions(symbol, account),
  getPerpetualSwapAccountAssetInformation: () => owned.getPerpetualSwapAccountAssetInformation(account),
  getUserHistoryOrders: () => trade.getUserHistoryOrders(symbol, 5, hours(-1), hours(1), account),
  cancelOrder: async () => {
    const placed = await trade.tradeOrder({ ...bid, price: "58000" }, account);
    return trade.cancelOrder(placed.data.order?.orderId ?? placed.data.orderId, symbol, account);
  },
  cancelAllOrders: () => trade.cancelAllOrders(symbol, account),
  closeAllPositions: () => trade.closeAllPositions(account),
};
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
  if (control) {
    await fetch(`${control}/reset`, { method: "POST" });
    await fetch(`${control}/profile`, { method: "PUT", body: JSON.stringify({ profile }) });
  }
  answers[profile] = {};
  for (const [name, call] of Object.entries({ ...(perpetuals ? ofPerpetuals : {}), ...calls })) {
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
