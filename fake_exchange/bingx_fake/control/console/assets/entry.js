// One entry of the journal, whole: why it was refused, what decided that, its lint, its parameters.

import { make, utc } from "./dom.js";

const NAMES = {
  message: "Message",
  mistakes: "Known mistake",
  happened: "What happened",
  change: "What to change",
  canonical: "The exchange signs",
  signed: "The client signed",
  expected: "Signature expected",
  got: "Signature sent",
  look_at: "Where to look",
  by_hand: "By hand",
  source: "Source",
};
const CODE = ["mistakes", "canonical", "signed", "expected", "got", "by_hand"];
const SAID_ELSEWHERE = ["request", "code", "text"];

export function drawWhole(entry) {
  const title = make("h3", {}, `${entry.id}: ${entry.method} ${entry.path}`);
  const where = `received ${utc(entry.received_at)} UTC on .${entry.domain}`;
  const parameters = Object.keys(entry.parameters).length ? draw(entry.parameters, "code") : draw("None.");
  return [
    ...[title, make("p", { class: "muted" }, where), make("h4", {}, "Why"), drawExplanation(entry)],
    ...drawDeciding(entry.decided_by),
    ...entry.lint.flatMap((mark) => [make("h4", {}, `Lint: ${mark.rule}`), ...drawMark(mark)]),
    ...[make("h4", {}, "Parameters"), parameters],
  ];
}

// The entries of the register that had a say in an answer: what documents disagree about, and what none says.
function drawDeciding(entries) {
  if (entries.length === 0) return [];
  return [make("h4", {}, "Decided by"), list(entries.map(({ id, says }) => [id, draw(says)]))];
}

const drawMark = ({ message, source }) => [
  make("p", {}, message),
  make("p", { class: "muted" }, `Source: ${source}`),
];

function drawExplanation({ explanation, code }) {
  if (explanation === null) return draw(code === 0 ? "It was answered." : "Nothing is known about this.");
  if (typeof explanation !== "object") return draw(explanation);
  const { differs_at: place, ...parts } = explanation;
  for (const name of SAID_ELSEWHERE) delete parts[name];
  if (Array.isArray(parts.mistakes)) parts.mistakes = parts.mistakes.join(", ");
  const drawPart = (name, part) => {
    const isParting = ["canonical", "signed"].includes(name) && Number.isInteger(place);
    return isParting ? drawParting([...part], place) : draw(part, CODE.includes(name) ? "code" : "");
  };
  const told = Object.entries(parts).filter(([, part]) => part !== null && part.length !== 0);
  return list(told.map(([name, part]) => [NAMES[name] ?? name.replaceAll("_", " "), drawPart(name, part)]));
}

// A string with a mark where it parts from another one.
function drawParting(characters, place) {
  const [before, after] = [characters.slice(0, place), characters.slice(place + 1)];
  const mark = make("mark", {}, characters[place] ?? "(ends here)");
  return make("p", { class: "text code" }, before.join(""), mark, after.join(""));
}

// Whatever a value is made of: text, a list, or names with values.
function draw(value, kind = "") {
  if (Array.isArray(value)) return make("ul", {}, ...value.map((item) => make("li", {}, draw(item, kind))));
  if (value === null || typeof value !== "object") return make("p", { class: `text ${kind}` }, String(value));
  return list(Object.entries(value).map(([name, part]) => [name, draw(part, kind)]));
}

function list(pairs) {
  return make("dl", {}, ...pairs.flatMap(([name, drawn]) => [make("dt", {}, name), make("dd", {}, drawn)]));
}
