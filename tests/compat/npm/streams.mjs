// A reader of streams by ws, unmodified: subscribes to what it is told, and prints what it meets, a JSON line each.
import { gunzipSync } from "node:zlib";
import WebSocket from "ws";

const [url, ...topics] = process.argv.slice(2);
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const socket = new WebSocket(url);

socket.on("open", () => topics.forEach((dataType) => socket.send(JSON.stringify({ id: dataType, dataType }))));
socket.on("message", (data, isBinary) => tell({ isBinary, text: gunzipSync(data).toString() }));
socket.on("unexpected-response", (_, response) => tell({ refused: response.statusCode }));
socket.on("error", (error) => tell({ error: error.code ?? error.message }));
socket.on("close", (code) => tell({ closed: code }));
process.stdin.on("data", (data) => socket.send(data.toString())).on("end", () => socket.terminate());
