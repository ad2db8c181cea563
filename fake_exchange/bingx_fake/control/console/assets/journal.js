// The journal: filters, and entries as they come.

import { act, call, refresher } from "./control.js";
import { find, make, row, say, sync, utcTime } from "./dom.js";
import { drawWhole } from "./entry.js";

const form = find("#filters");
const refusal = find(".refusal", form);
const LABELS = ["", "Time", "Domain", "", "Code", "HTTP", "Notes"];
const opened = new Map(); // entry id to the row that shows it whole

export const readJournal = refresher(async () => {
  const filters = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()));
  await act(refusal, async () => show(await call("GET", `/console/journal?${filters}`), filters.size > 0));
});

function show(entries, isFiltered) {
  const which = isFiltered ? " that fit" : "";
  const latest = `The latest ${entries.length} requests${which}, newest first`;
  say(find("#entries caption"), entries.length ? latest : `No requests${which}`);
  const shown = new Set(entries.map((entry) => entry.id));
  for (const id of opened.keys()) if (!shown.has(id)) opened.delete(id);
  const rows = entries.flatMap((entry) => (opened.has(entry.id) ? [entry, { more: entry.id }] : [entry]));
  const key = (item) => item.more ?? JSON.stringify(item);
  const create = (item) => (item.more ? opened.get(item.more) : drawEntry(item));
  sync(find("#entries tbody"), rows, key, create);
}

function drawEntry(entry) {
  const labels = { "aria-expanded": opened.has(entry.id), "aria-label": `Details of ${entry.id}` };
  const attributes = { type: "button", class: "link", ...labels, onclick: toggle(entry.id) };
  const button = make("button", attributes, entry.id);
  const lint = entry.lint.map((rule) => `lint: ${rule}`);
  const notes = [entry.fault && `fault: ${entry.fault}`, entry.applied && "applied", ...lint].filter(Boolean);
  const drawn = row(
    [
      button,
      utcTime(entry.received_at),
      entry.domain === "stream" ? "streams" : `.${entry.domain}`,
      make("span", {}, make("b", {}, entry.method), ` ${entry.path}`),
      [entry.code ?? "–", "number"],
      [entry.http_status ?? "–", "number"],
      notes.join(", ") || "–",
    ],
    LABELS,
  );
  drawn.dataset.outcome = entry.code === 0 ? "good" : "bad";
  return drawn;
}

const toggle = (id) => async (event) => {
  const button = event.currentTarget;
  if (!opened.delete(id)) {
    await act(refusal, async () => {
      const cell = make("td", { colspan: 7 }, ...drawWhole(await call("GET", `/console/requests/${id}`)));
      opened.set(id, make("tr", { class: "more" }, cell));
    });
  }
  button.setAttribute("aria-expanded", opened.has(id));
  await readJournal();
};

form.addEventListener("input", readJournal);
form.addEventListener("submit", (event) => event.preventDefault());
find("#empty-journal").addEventListener("click", () =>
  act(refusal, async () => {
    await call("DELETE", "/requests");
    return "The journal is empty.";
  }),
);
