// Has the npm package bingx-api do what it offers outside of perpetuals: the time, and listen keys. It asks the
// host that is written into it. What came back goes to standard output, with every address that it knows.

import bingx from "bingx-api";
import extending from "bingx-api/bingx/endpoints/bingx-extend-listen-key-endpoint.js";

const account = new bingx.ApiAccount("alice-key", "alice-secret");
const executor = new bingx.HttpRequestExecutor();
const { listenKey } = await new bingx.BingxApiClient(executor).getListenKeyService().generateListenKey(account);
const endpoints = Object.keys(bingx).filter((name) => /^Bingx.+Endpoint$/.test(name));
console.log(
  JSON.stringify({
    listenKey,
    extended: await executor.execute(new extending.BingxExtendListenKeyEndpoint(listenKey, account)),
    time: await executor.execute(new bingx.BingxGetServerTimeEndpoint(account)),
    paths: endpoints.map((name) => bingx[name].prototype.path()),
  }),
);
