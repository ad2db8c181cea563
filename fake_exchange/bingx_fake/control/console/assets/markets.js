// Markets: a line for each, and the chosen one's book and tape, with what can be done to it.

import { call, onSubmit, refresher } from "./control.js";
import { find, make, row, say, sync, utcTime } from "./dom.js";

const LABELS = ["", "Last", "Bid", "Ask", "Mark", "Status"]; // where columns have no heads
const SIDES = { BUY: "bought", SELL: "sold" };
const buttons = document.querySelectorAll("#markets form button"); // which are for the chosen market
let chosen = null; // product and symbol, as in a path

const named = ({ product, symbol }) => `${product}/${symbol}`;
const shown = (name) => name.replace("/", " ");
const counted = (product, quantity) => (product === "coinm" ? `${quantity} contracts` : quantity);

export const readMarkets = refresher(async () => {
  const markets = await call("GET", "/markets");
  const names = markets.map(named);
  if (!names.includes(chosen)) chosen = names[0] ?? null;
  sync(find("#market-list tbody"), markets, named, drawMarket, fillMarket);
  const of = markets.find((market) => named(market) === chosen)?.contract; // what one is worth, on coinm alone
  const unit = of ? `, in contracts of ${of} ${chosen.split("-")[1]}` : "";
  say(find("#chosen-title"), chosen ? `${shown(chosen)}${unit}` : "No market");
  for (const button of buttons) button.disabled = !chosen;
  if (chosen) showChosen(await call("GET", `/console/markets/${chosen}`));
});

function drawMarket(market) {
  const name = named(market);
  const choose = () => {
    chosen = name;
    readMarkets();
  };
  const button = make("button", { type: "button", class: "link", onclick: choose }, shown(name));
  return row([button, ["", "number"], ["", "number"], ["", "number"], ["", "number"], ""], LABELS);
}

function fillMarket(line, market) {
  const { last, best_bid: bid, best_ask: ask, mark, held, status } = market;
  const marked = held.includes("mark") ? `${mark} (set)` : mark;
  [last, bid ?? "–", ask ?? "–", marked, status].forEach((text, index) => say(line.cells[index + 1], text));
  find("button", line).setAttribute("aria-pressed", named(market) === chosen);
  line.dataset.status = status;
}

function showChosen({ asks, bids, tape }) {
  const levels = [
    ...asks.map((level) => ({ side: "ask", ...level })).reverse(),
    ...bids.map((level) => ({ side: "bid", ...level })),
  ];
  say(find("#ladder caption"), levels.length ? "The best prices" : "No order rests here");
  sync(find("#ladder tbody"), levels, ({ side, price }) => `${chosen} ${side} ${price}`, drawLevel, fillLevel);
  say(find("#tape caption"), tape.length ? "The last trades, newest first" : "No trade yet");
  sync(find("#tape tbody"), tape, ({ id }) => `${chosen} ${id}`, ({ at, side, price, quantity }) => {
    const line = row([`${utcTime(at).slice(0, 8)} ${SIDES[side]}`, [price, "number"], [quantity, "number"]]);
    line.dataset.side = side === "BUY" ? "bid" : "ask";
    return line;
  });
}

function drawLevel({ side, price }) {
  const line = row([side, [price, "number"], ["", "number"], ""]);
  line.dataset.side = side;
  return line;
}

function fillLevel(line, { quantity, users }) {
  say(line.cells[2], quantity);
  say(line.cells[3], users.map((its) => `${its.uid}: ${its.quantity}`).join(", "));
  line.dataset.owned = users.length > 0;
}

const act = (what, body) => call("POST", `/markets/${chosen}/${what}`, body);

onSubmit(find("#price-form"), async ({ act: what, price }) => {
  const body = { price: what === "release" ? null : price.trim() };
  const market = await act(what === "move" ? "move" : "mark", body);
  if (what === "move") return `${shown(named(market))} is at ${market.last}.`;
  return `The mark of ${shown(named(market))} ${what === "mark" ? "is" : "follows the price, which is"} ${market.mark}.`;
});

onSubmit(find("#trade-form"), async ({ side, quantity }) => {
  const market = await act("trade", { side, quantity: quantity.trim() });
  const what = counted(market.product, quantity);
  return `${what} ${SIDES[side]} on ${shown(named(market))}; the last price is ${market.last}.`;
});

onSubmit(find("#status-form"), async ({ change }) => {
  const market = await act(change);
  return `${shown(named(market))} is ${market.status}.`;
});
