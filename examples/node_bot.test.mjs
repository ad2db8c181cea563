// The bot in node_bot.mjs, tested with Node's own test runner: node --test. Needs bingx-offline, and no credentials.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const BOT = fileURLToPath(new URL("node_bot.mjs", import.meta.url));
const SEND_TO_THE_FAKE = new URL("node_to_the_fake.mjs", import.meta.url).href;
const credentials = { BINGX_API_KEY: "alice-key", BINGX_SECRET_KEY: "alice-secret" };
let fake, urls;

// The fixture: a fake of this file's own on free ports, as new for each test.
before(async () => {
  const ports = ["--com-port", "0", "--pro-port", "0", "--control-port", "0"];
  fake = spawn("bingx-fake", ["serve", "--json", ...ports], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = await once(createInterface({ input: fake.stdout }), "line");
  urls = JSON.parse(line);
});
beforeEach(() => fetch(`${urls.control}/reset`, { method: "POST" }));
after(async () => {
  fake.kill();
  await once(fake, "exit");
});

async function run(program, ...args) {
  const env = { ...process.env, ...credentials, BINGX_BASE_URLS: `${urls.com},${urls.pro}` };
  const { stdout } = await promisify(execFile)(program, args, { env });
  return stdout;
}

async function alicesFutures() {
  const state = await (await fetch(`${urls.control}/state`)).json();
  return state.users[0].balances.USDTMPerp.USDT;
}

test("interception: fetch is led to the fixture by a preloaded file, and the bot is as it is", async () => {
  assert.match(await run(process.execPath, "--import", SEND_TO_THE_FAKE, BOT), /^moved 400 USDT, transfer \d+\n$/);
  assert.equal(Number(await alicesFutures()), 500);
});

test("interception: a refused transfer ends in words", async () => {
  const fault = { domain: "com", kind: "business-error", code: 100202, method: "POST" };
  await fetch(`${urls.control}/faults`, { method: "POST", body: JSON.stringify(fault) });
  const refused = run(process.execPath, "--import", SEND_TO_THE_FAKE, BOT);
  await assert.rejects(refused, /BingX says 100202: /);
  assert.equal(Number(await alicesFutures()), 100);
});

test("run: the bot is as it is, and can reach nothing but the fake", async () => {
  const isolated = ["run", "--isolation", "namespace", "--", process.execPath, BOT];
  assert.match(await run("bingx-fake", ...isolated), /^moved 400 USDT, transfer \d+\n$/);
});

test("against serve: the bot must be told where it is, and one line of it changes", async () => {
  const compiledIn = 'const DOMAINS = ["https://open-api.bingx.com", "https://open-api.bingx.pro"];';
  const configured = 'const DOMAINS = process.env.BINGX_BASE_URLS.split(",");';
  const folder = await mkdtemp(join(tmpdir(), "bot-"));
  const bot = join(folder, "bot.mjs");
  await writeFile(bot, (await readFile(BOT, "utf8")).replace(compiledIn, configured));
  assert.match(await run(process.execPath, bot), /^moved 400 USDT, transfer \d+\n$/);
  assert.equal(Number(await alicesFutures()), 500);
  await rm(folder, { recursive: true });
});
