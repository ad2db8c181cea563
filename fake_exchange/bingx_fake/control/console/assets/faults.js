// The domains and the streams, how they are, and the faults that can be ordered.

import { act, call, number, refresher } from "./control.js";
import { find, make, say, sync } from "./dom.js";

const DOMAINS = ["com", "pro", "stream"];
const OWN_FIELDS = ["variant", "ms", "sigma", "status", "code", "close_code", "topic", "uid"];
const TEXTS = ["phase", "method", "path", "variant", "topic"];
const form = find("#fault-form");
const refusal = find(".refusal", form);
let known = { domains: {}, faults: [], kinds: [] };

const meant = (domain) => (domain === "stream" ? [domain] : [domain, "*"]);
const concerning = (domain) => known.faults.filter((fault) => meant(domain).includes(fault.domain));
const standing = (fault) => ["in force", "waiting"].includes(fault.stage);
const NAMES = { "*": "both domains", stream: "streams" };
const named = (domain) => NAMES[domain] ?? `.${domain}`;

export const readFaults = refresher(async () => {
  known = await call("GET", "/console/faults");
  if (!find("tbody", form)) drawKinds();
  for (const domain of DOMAINS) drawDomain(domain);
  drawOrdered();
  for (const button of form.querySelectorAll("button[data-kind]")) drawButton(button);
});

function drawDomain(domain) {
  const card = find(`#domain-${domain}`);
  const inForce = concerning(domain).filter((fault) => fault.stage === "in force");
  const kinds = [...new Set(inForce.map((fault) => fault.kind))].join(", ");
  card.dataset.condition = known.domains[domain];
  say(find(".condition", card), kinds ? `${known.domains[domain]}: ${kinds}` : known.domains[domain]);
}

function drawOrdered() {
  const create = (fault) => {
    const label = `Remove ${fault.kind} on ${named(fault.domain)}, ${fault.id}`;
    const attributes = { type: "button", "aria-label": label, onclick: () => remove([fault]) };
    const button = make("button", attributes, "Remove");
    return make("li", {}, make("span"), button);
  };
  const update = (item, fault) => say(item.firstChild, told(fault));
  sync(find("#ordered"), known.faults, (fault) => fault.id, create, update);
  find("#ordered-title").hidden = !known.faults.length;
}

function told({ id, domain, kind, stage, hits, from, until, ...rest }) {
  const extra = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
  return `${[kind, ...extra].join(", ")} on ${named(domain)} · ${stage}${hits ? ` · met ${hits}×` : ""}`;
}

function drawKinds() {
  for (const [group, kinds] of Map.groupBy(known.kinds, (kind) => kind.group)) {
    const head = make("tr", {}, make("th", { scope: "rowgroup", colspan: 5 }, group));
    find("#kinds").append(make("tbody", {}, head, ...kinds.map(drawKind)));
  }
}

function drawKind(kind) {
  const meets = make("span", { class: "muted", id: `about-${kind.name}` }, kind.unavailable ?? kind.meets);
  const own = OWN_FIELDS.filter((name) => kind.fields.includes(name) && !kind.unavailable);
  return make(
    "tr",
    { "data-kind": kind.name },
    make("th", { scope: "row" }, make("code", {}, kind.name), meets),
    make("td", { class: "own" }, ...own.map((name) => drawField(kind, name))),
    ...DOMAINS.map((domain) => make("td", {}, ...(kind.domains.includes(domain) ? [drawPress(kind, domain)] : []))),
  );
}

function drawPress(kind, domain) {
  const label = `${kind.name} on ${named(domain)}`;
  const labels = { "aria-label": label, "aria-describedby": `about-${kind.name}` };
  const concerns = { "data-kind": kind.name, "data-domain": domain };
  return make("button", { type: "button", ...labels, ...concerns, onclick: press }, named(domain));
}

function drawField(kind, name) {
  const labels = { name, "aria-label": `${name} of ${kind.name}` };
  if (name === "variant") {
    return make("select", labels, ...kind.variants.map((variant) => make("option", {}, variant)));
  }
  const usual = kind.usual[name] ?? "";
  const preset = kind.needs.includes(name) ? { value: usual } : { placeholder: usual };
  return make("label", {}, name, make("input", { ...labels, ...preset, inputmode: "decimal", size: 6 }));
}

function drawButton(button) {
  const { kind, domain } = button.dataset;
  const isOrdered = concerning(domain).some((fault) => fault.kind === kind && standing(fault));
  button.setAttribute("aria-pressed", isOrdered);
  button.disabled = Boolean(known.kinds.find((one) => one.name === kind).unavailable);
}

function press(event) {
  const { kind, domain } = event.currentTarget.dataset;
  const ordered = concerning(domain).filter((fault) => fault.kind === kind && standing(fault));
  if (ordered.length) remove(ordered);
  else order(kind, domain);
}

function order(kind, domain) {
  const body = { domain, kind };
  const own = find(`tr[data-kind="${kind}"]`, form).querySelectorAll("input, select");
  for (const { name, value } of [...form.querySelectorAll("details :is(input, select)"), ...own]) {
    if (value.trim()) body[name] = TEXTS.includes(name) ? value : number(value);
  }
  act(refusal, async () => {
    await call("POST", "/faults", body);
    await readFaults();
    return `${kind} is ordered for ${named(domain)}.`;
  });
}

function remove(faults) {
  const hadFocus = find("#ordered").contains(document.activeElement);
  act(refusal, async () => {
    if (faults === known.faults) await call("DELETE", "/faults");
    else for (const fault of faults) await call("DELETE", `/faults/${fault.id}`);
    await readFaults();
    if (hadFocus) find("#restore-all").focus();
    const removed = faults.map((fault) => `${fault.kind} on ${named(fault.domain)}`);
    return removed.length ? `Taken back: ${removed.join(", ")}.` : "No fault was ordered.";
  });
}

for (const domain of DOMAINS) {
  find(`#domain-${domain} .restore`).addEventListener("click", () => remove(concerning(domain)));
}
find("#restore-all").addEventListener("click", () => remove(known.faults));
form.addEventListener("submit", (event) => event.preventDefault());
act(refusal, async () => {
  const health = await call("GET", "/health");
  for (const domain of DOMAINS) say(find(`#domain-${domain} .url`), health[domain]);
});
