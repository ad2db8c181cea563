// Keeps 500 USDT in perpetual futures, from the funding account. Needs Node 18 and an API key.

import { createHmac } from "node:crypto";

const DOMAINS = ["https://open-api.bingx.com", "https://open-api.bingx.pro"];
const TARGET = 500;

const { BINGX_API_KEY: key, BINGX_SECRET_KEY: secret } = process.env;
const headers = { "X-BX-APIKEY": key, "X-SOURCE-KEY": "BX-AI-SKILL" };

function signed(parameters) {
  const stamped = { ...parameters, timestamp: String(Date.now()) };
  const query = Object.keys(stamped)
    .sort()
    .map((name) => `${name}=${stamped[name]}`)
    .join("&");
  return `${query}&signature=${createHmac("sha256", secret).update(query).digest("hex")}`;
}

async function dataOf(answer) {
  const { code, msg, data } = await answer.json();
  if (code !== 0) throw new Error(`BingX says ${code}: ${msg}`);
  return data;
}

// A read may go to the other domain when one cannot be reached.
async function read(path, parameters = {}) {
  for (const domain of DOMAINS) {
    let answer;
    try {
      const signal = AbortSignal.timeout(10_000);
      answer = await fetch(`${domain}${path}?${signed(parameters)}`, { headers, signal });
    } catch (error) {
      console.log(`${domain}: ${error.cause?.code ?? error.name}`);
      continue;
    }
    return dataOf(answer);
  }
  throw new Error("BingX cannot be reached");
}

// A write is sent once: nobody knows whether one without an answer took effect.
async function write(path, parameters) {
  const body = new URLSearchParams(signed(parameters));
  const signal = AbortSignal.timeout(10_000);
  return dataOf(await fetch(`${DOMAINS[0]}${path}`, { method: "POST", headers, body, signal }));
}

const total = (amounts) => amounts.reduce((sum, amount) => sum + Number(amount), 0);

const overview = await read("/openApi/account/v1/allAccountBalance");
const futures = total(overview.filter((row) => row.accountType === "USDTMPerp").map((row) => row.usdtBalance));
if (futures >= TARGET) {
  console.log(`nothing to do: ${futures} USDT`);
} else {
  const { balances } = await read("/openApi/fund/v1/account/balance", { asset: "USDT" });
  const amount = Math.min(TARGET - futures, total(balances.map((row) => row.free)));
  if (amount <= 0) throw new Error("the funding account is empty");
  const { transferId } = await write("/openApi/api/asset/v1/transfer", {
    fromAccount: "fund",
    toAccount: "USDTMPerp",
    asset: "USDT",
    amount: String(amount),
  });
  console.log(`moved ${amount} USDT, transfer ${transferId}`);
}
