// Open positions in perpetuals: what there is for each, how far it is from being liquidated, and what can be done.

import { act, call, refresher } from "./control.js";
import { find, make, row, say, sync } from "./dom.js";

const finding = find("#positions-form");
const refusal = find(".refusal", finding);
const LABELS = ["User", "", "Mark", "Equity", "Liquidation"]; // where columns have no heads

export const readPositions = refresher(async () => {
  const query = new URLSearchParams(new FormData(finding));
  const { count, open } = await call("GET", `/console/positions?${query}`);
  const some = open.length < count ? `The latest ${open.length} of ${count} positions` : `Positions: ${count}`;
  say(find("#open-positions caption"), open.length ? `${some}, newest first` : "No position");
  const lines = find("#open-positions tbody");
  const hadFocus = lines.contains(document.activeElement);
  sync(lines, open, ({ id }) => id, drawPosition, fillPosition);
  if (hadFocus && !lines.contains(document.activeElement)) finding.elements.find.focus();
});

const named = ({ product, symbol }) => `${product} ${symbol}`;
const whose = (position) => `${position.side} of ${position.uid} in ${named(position)}`;
const shownNow = new WeakMap(); // of a line, the position as it was read last

function drawPosition(position) {
  const buttons = Object.entries(DEEDS).map(([text, deed]) => {
    const pressed = ({ currentTarget }) => perform(deed, currentTarget.closest("tr"));
    const label = `${text}: ${whose(position)}`;
    return make("button", { type: "button", "aria-label": label, onclick: pressed }, text);
  });
  const what = make("div", {}, make("p"), make("p", { class: "buttons" }, ...buttons));
  const drawn = row([position.uid, what, ...LABELS.slice(2).map(() => ["", "number"])], LABELS);
  drawn.dataset.side = position.side === "LONG" ? "bid" : "ask";
  return drawn;
}

function fillPosition(line, position) {
  const { side, quantity, entry, margin_type: margin, leverage, funding } = position;
  const { mark, equity, liquidation, distance } = position;
  shownNow.set(line, position);
  const held = position.product === "coinm" ? `${quantity} contracts` : quantity;
  const what = `${named(position)} ${side} ${held} at ${entry}, ${margin} ${leverage}x`;
  say(find("p", line), funding === "0" ? what : `${what}, funding ${funding}`);
  say(line.cells[2], mark);
  say(line.cells[3], equity);
  say(line.cells[4], liquidation === null ? "none" : `${liquidation}, ${(Number(distance) * 100).toFixed(2)} % away`);
  find("button", line).disabled = position.liquidating === null;
}

const ask = ({ product, symbol }, what, body) => call("POST", `/markets/${product}/${symbol}/${what}`, body);

const DEEDS = {
  "Mark to liquidation": async (position) => {
    await ask(position, "mark", { price: position.liquidating });
    const left = await call("GET", `/console/positions?find=${position.uid}`);
    const isThere = left.open.some(({ id }) => id === position.id);
    const outcome = isThere ? "is still there, since others share its margin" : "was liquidated";
    const { side, uid, liquidating } = position;
    return `The mark of ${named(position)} is ${liquidating}; the ${side} of ${uid} ${outcome}.`;
  },
  "Release the mark": async (position) => {
    const { mark } = await ask(position, "mark", { price: null });
    return `The mark of ${named(position)} follows the price, which is ${mark}.`;
  },
  "Settle funding": async (position) => {
    await ask(position, "funding/settle");
    return `Funding of ${named(position)} is settled.`;
  },
};

function perform(deed, line) {
  act(refusal, async () => {
    const told = await deed(shownNow.get(line));
    await readPositions();
    return told;
  });
}

finding.addEventListener("input", readPositions);
finding.addEventListener("submit", (event) => event.preventDefault());
