// The profile in force, and each point on which documents disagree.

import { call, onSubmit, refresher } from "./control.js";
import { choices, find, make, say, sync } from "./dom.js";

const form = find("#profile-form");
const selects = () => [...form.querySelectorAll("#variations select")];
let known = null;

export const readProfile = refresher(async () => {
  show(await call("GET", "/console/profile"));
});

function show(profile) {
  known = profile;
  choices(form.elements.profile, profile.profiles.map(({ name }) => ({ value: name })));
  form.elements.profile.value = profile.profile;
  form.elements.strict.checked = profile.strict;
  const departures = Object.entries(profile.vary).map(([id, answer]) => `${id}=${answer}`);
  const all = [profile.profile, ...departures, profile.strict && "strict"].filter(Boolean);
  say(find("#profile-now"), all.join(" · "));
  sync(find("#variations tbody"), Object.entries(profile.variations), ([id]) => id, create);
  for (const select of selects()) select.value = profile.vary[select.name] ?? "";
  sayDefaults();
}

function create([id, variation]) {
  const title = make("th", { scope: "row" }, make("code", {}, id), ` ${variation.question}`);
  if (variation.answer === null) {
    return make("tr", {}, title, make("td", { class: "muted" }, "cannot be switched here"));
  }
  const options = ["", ...variation.answers].map((answer) => make("option", { value: answer }, answer));
  const label = { name: id, "aria-label": `Answer to ${id}, ${variation.question}` };
  return make("tr", {}, title, make("td", {}, make("select", label, ...options)));
}

// The first choice is the chosen profile's own answer.
function sayDefaults() {
  const chosen = known.profiles.find(({ name }) => name === form.elements.profile.value);
  for (const select of selects()) say(select.options[0], `as the profile: ${chosen.answers[select.name]}`);
}

form.elements.profile.addEventListener("change", () => {
  for (const select of selects()) select.value = "";
  sayDefaults();
});

onSubmit(form, async ({ profile, strict, ...answers }) => {
  const vary = Object.fromEntries(Object.entries(answers).filter(([, answer]) => answer));
  await call("PUT", "/profile", { profile, vary, strict: strict !== undefined });
  await readProfile();
  return `The profile is ${find("#profile-now").textContent}.`;
});
