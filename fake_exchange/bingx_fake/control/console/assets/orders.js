// Users' orders that may still trade, with a button that cancels each, and what was filled.

import { act, call, refresher } from "./control.js";
import { find, make, row, say, sync, utcTime } from "./dom.js";

const finding = find("#orders-form");
const refusal = find(".refusal", finding);
const LABELS = ["User", "", "Price", "Quantity", "Filled"]; // where columns have no heads
const FILL_LABELS = ["", "User", "", "Price", "Quantity", "Fee"];

export const readOrders = refresher(async () => {
  const query = new URLSearchParams(new FormData(finding));
  const { count, open, fills } = await call("GET", `/console/orders?${query}`);
  const some = open.length < count ? `The latest ${open.length} of ${count} open orders` : `Open orders: ${count}`;
  say(find("#open-orders caption"), open.length ? `${some}, newest first` : "No open order");
  sync(find("#open-orders tbody"), open, ({ id }) => id, drawOrder, fillOrder);
  say(find("#fills caption"), fills.length ? "The latest fills, newest first" : "No fill");
  sync(find("#fills tbody"), fills, ({ id, order }) => `${order} ${id}`, drawFill);
});

function drawOrder(order) {
  const { id, uid, side, type, oco } = order;
  const label = `Cancel order ${id} of ${uid}`;
  const button = make("button", { type: "button", "aria-label": label, onclick: () => cancel(id) }, "Cancel");
  const kind = [named(order), side, type.replaceAll("_", " "), order.time_in_force, oco && "OCO"];
  const numbers = [priceOf(order), wanted(order), ""].map((text) => [text, "number"]);
  const drawn = row([uid, kind.filter(Boolean).join(" "), ...numbers, button], LABELS);
  drawn.dataset.side = side === "BUY" ? "bid" : "ask";
  drawn.title = [`Order ${id}`, order.client_id && `client id ${order.client_id}`].filter(Boolean).join(", ");
  return drawn;
}

function fillOrder(line, { filled }) {
  say(line.cells[4], filled);
}

const named = ({ product, symbol }) => (product === "spot" ? symbol : `${product} ${symbol}`);
const priceOf = ({ has_limit: isLimited, price, stop }) =>
  [isLimited ? price : "market", stop && `from ${stop}`].filter(Boolean).join(" ");
const counted = ({ product }, quantity) => (product === "coinm" ? `${quantity} contracts` : quantity);
const wanted = (order) => (order.quantity ? counted(order, order.quantity) : order.amount ? `for ${order.amount}` : "all");

function drawFill(fill) {
  const { at, uid, side, price, quantity, fee, maker } = fill;
  const what = `${side} as ${maker ? "maker" : "taker"}`;
  const numbers = [price, counted(fill, quantity), fee].map((text) => [text, "number"]);
  const drawn = row([utcTime(at).slice(0, 8), uid, `${named(fill)} ${what}`, ...numbers], FILL_LABELS);
  drawn.dataset.side = side === "BUY" ? "bid" : "ask";
  return drawn;
}

function cancel(id) {
  const hadFocus = find("#open-orders").contains(document.activeElement);
  act(refusal, async () => {
    const { status } = await call("DELETE", `/orders/${id}`);
    await readOrders();
    if (hadFocus) finding.elements.find.focus();
    return `Order ${id} is ${status}.`;
  });
}

finding.addEventListener("input", readOrders);
finding.addEventListener("submit", (event) => event.preventDefault());
