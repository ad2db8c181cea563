// Users, their balances and how to change them, and transfers.

import { call, onSubmit, refresher } from "./control.js";
import { choices, find, make, row, say, sync, utc } from "./dom.js";

const form = find("#move-form");
const finding = find("#find-form");

export const readUsers = refresher(async () => {
  const query = new URLSearchParams(new FormData(finding));
  const { users, count, accounts, coins } = await call("GET", `/console/users?${query}`);
  const named = ({ uid, email }) => ({ value: uid, text: email ? `${uid} ${email}` : uid });
  choices(form.elements.uid, users.map(named));
  choices(form.elements.account, accounts.map((value) => ({ value })));
  choices(find("#coins"), coins.map((value) => ({ value })));
  const some = users.length < count ? `the first ${users.length} of ${count}` : `${count} found`;
  say(find("#users-count"), some);
  sync(find("#user-list"), users, (user) => user.uid, drawUser, fillUser);
});

const COLUMNS = [["Account"], ["Asset"], ["Free", "number"], ["Locked", "number"], ["Change"]];
const LABELS = ["", "", "Free", "Locked"]; // where columns have no heads

function drawUser(user) {
  const keys = user.keys.map(({ key, permissions }) => `${key} (${permissions.join(", ")})`);
  const names = [user.uid, user.email, user.kind === "sub" && "sub-account"].filter(Boolean);
  const caption = `Balances of ${user.email ?? user.uid}`;
  const heads = COLUMNS.map(([name, kind]) => make("th", { scope: "col", class: kind ?? null }, name));
  const table = make(
    "table",
    { class: "stacked" },
    make("caption", {}, caption),
    make("thead", {}, make("tr", {}, ...heads)),
    make("tbody"),
  );
  return make(
    "article",
    { "aria-label": names.join(" · ") },
    make("h3", {}, names.join(" · ")),
    make("p", { class: "muted" }, `Keys: ${keys.join(" · ") || "none"}`),
    make("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": caption }, table),
  );
}

function fillUser(article, user) {
  const create = ({ account, asset }) => {
    const label = `Change ${asset} in ${account} of ${user.email ?? user.uid}`;
    const prefilled = () => prefill(user.uid, account, asset);
    const button = make("button", { type: "button", "aria-label": label, onclick: prefilled }, "Change");
    return row([account, asset, ["", "number"], ["", "number"], button], LABELS);
  };
  const update = (line, { free, locked }) => {
    say(line.cells[2], free);
    say(line.cells[3], locked);
  };
  sync(find("tbody", article), user.balances, ({ account, asset }) => `${account} ${asset}`, create, update);
}

function prefill(uid, account, asset) {
  for (const [name, value] of Object.entries({ uid, account, asset })) form.elements[name].value = value;
  form.elements.amount.focus();
}

onSubmit(form, async ({ uid, move, account, asset, amount }) => {
  const body = { account, asset: asset.trim().toUpperCase(), amount: amount.trim() };
  const after = await call("POST", `/users/${uid}/${move}`, body);
  return `${uid} now has ${after.free} ${after.asset} free and ${after.locked} locked in ${account}.`;
});

finding.addEventListener("input", readUsers);
finding.addEventListener("submit", (event) => event.preventDefault());

const STATUSES = { 4: "pending review", 5: "failed", 6: "completed" };

export const readTransfers = refresher(async () => {
  const { transfers, inner } = await call("GET", "/console/transfers");
  const amount = (transfer) => [transfer.amount, "number"];
  sync(find("#own tbody"), transfers, ({ id }) => id, (own) =>
    row([utc(own.at), own.uid, own.from, own.to, own.asset, amount(own), own.id]),
  );
  sync(find("#inner tbody"), inner, ({ id }) => id, (sent) => {
    const named = [sent.id, sent.client_id || "–", STATUSES[sent.status] ?? sent.status];
    return row([utc(sent.at), sent.uid, sent.from, sent.to_uid, sent.asset, amount(sent), ...named]);
  });
});
