// Listens to the markets at BingX's own hosts: ccxt's npm package, unchanged, and npm's ws, which reads what comes
// frame by frame. What they met goes to standard output, and is judged elsewhere.

import { gunzipSync } from "node:zlib";
import ccxt from "ccxt";
import WebSocket from "ws";

const frames = (url, messages, count) =>
  new Promise((resolve, reject) => {
    const met = [];
    const socket = new WebSocket(url);
    socket.on("error", reject);
    socket.on("open", () => messages.forEach((message) => socket.send(JSON.stringify(message))));
    socket.on("message", (data, isBinary) => {
      met.push({ isBinary, text: gunzipSync(data).toString() });
      if (met.length === count) socket.close();
    });
    socket.on("close", () => resolve(met));
  });

const topic = { id: "mine", reqType: "sub", dataType: "BTC-USDT@incrDepth" };
const bot = new ccxt.pro.bingx();
const perpetuals = new ccxt.pro.bingx({ options: { defaultType: "swap" } });
const contract = "BTC/USDT:USDT";
const found = {
  frames: await frames("wss://open-api-ws.bingx.com/market", [topic], 3),
  swap: await frames("wss://vst-open-api-ws.bingx.com/swap-market", [{}], 1),
  book: await bot.watchOrderBook("BTC/USDT"),
  trades: await bot.watchTrades("BTC/USDT"),
  ticker: await bot.watchTicker("BTC/USDT"),
  candles: await bot.watchOHLCV("BTC/USDT", "1m"),
  ofPerpetuals: {
    book: await perpetuals.watchOrderBook(contract),
    trades: await perpetuals.watchTrades(contract),
    ticker: await perpetuals.watchTicker(contract),
    candles: await perpetuals.watchOHLCV(contract, "1m"),
  },
};
await bot.close();
await perpetuals.close();
console.log(JSON.stringify(found));
