// The exchange's clock.

import { call, number, onSubmit } from "./control.js";
import { find, say, utc } from "./dom.js";

let frozenAt = null;
let ahead = 0; // of this page's clock

export function clockChanged(clock) {
  frozenAt = clock.mode === "frozen" ? clock.now : null;
  ahead = clock.now - Date.now();
  const offset = clock.offset ? `, ${clock.offset} ms ahead of the system's` : "";
  say(find("#clock-mode"), frozenAt === null ? `UTC, running${offset}` : `UTC, frozen at ${frozenAt}`);
  show();
}

function show() {
  const now = frozenAt ?? Date.now() + ahead;
  say(find("#time"), frozenAt === null ? utc(now).slice(0, -4) : utc(now));
}
setInterval(() => frozenAt ?? show(), 1000);

onSubmit(find("#clock-form"), async ({ mode, now }) => {
  const at = mode === "frozen" && now ? { now: number(now) } : {};
  const clock = await call("PUT", "/clock", { mode, ...at });
  clockChanged(clock);
  return mode === "frozen" ? `The clock stands at ${utc(clock.now)}.` : "The clock runs with the system's.";
});

onSubmit(find("#advance-form"), async ({ amount, unit }) => {
  const ms = number(amount);
  const clock = await call("POST", "/clock/advance", { ms: typeof ms === "number" ? ms * unit : ms });
  clockChanged(clock);
  return `Advanced to ${utc(clock.now)}.`;
});
