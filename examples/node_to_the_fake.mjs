// Leads fetch from BingX's names to a fake exchange, and nowhere else: node --import ./node_to_the_fake.mjs BOT
// BINGX_BASE_URLS names the fake's .com and .pro, as `bingx-fake serve --json` prints them.

const [com, pro] = process.env.BINGX_BASE_URLS.split(",");
const LEADS_TO = {
  "https://open-api.bingx.com": com,
  "https://open-api.bingx.pro": pro,
  "https://open-api-vst.bingx.com": com,
  "https://open-api-vst.bingx.pro": pro,
};
const real = globalThis.fetch;

globalThis.fetch = (input, options) => {
  const { origin, pathname, search } = new URL(input);
  if (!(origin in LEADS_TO)) throw new Error(`a test tried to leave for ${origin}`);
  return real(`${LEADS_TO[origin]}${pathname}${search}`, options);
};
