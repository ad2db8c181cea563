// Connections to streams: what each has subscribed to, and how much it was sent.

import { call, refresher } from "./control.js";
import { find, make, row, say, sync } from "./dom.js";

const LABELS = ["Connection", "From", "Account", "Topics", "Sent"]; // where columns have no heads

export const readStreams = refresher(async () => {
  const streams = await call("GET", "/console/streams");
  say(find("#connections caption"), streams.length ? `Connections: ${streams.length}` : "No connection");
  sync(find("#connections tbody"), streams, ({ id }) => id, drawStream, fillStream);
});

function drawStream({ id, product, address }) {
  const topics = make("td", { class: "topics", "data-label": LABELS[3] });
  const drawn = row([`${product} ${id}`, address, ""], LABELS);
  drawn.append(topics, make("td", { class: "number", "data-label": LABELS[4] }));
  return drawn;
}

function fillStream(line, { uid, topics, sent }) {
  say(line.cells[2], uid ?? "none");
  say(line.cells[3], topics.join(" ") || "none");
  say(line.cells[4], sent);
}
