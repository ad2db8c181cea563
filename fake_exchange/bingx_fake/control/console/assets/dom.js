// Building blocks. Text gets into the page as text nodes only, never as markup.

export const find = (selector, within = document) => within.querySelector(selector);

// An element with attributes and children; a value of null or false leaves the attribute out.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

// Sets a text where it differs, so that a selection in it survives.
export function say(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

// Makes a parent's children those of a list. Children that stay are not moved, so they keep the focus.
export function sync(parent, items, keyOf, create, update = () => {}) {
  const wanted = new Set(items.map((item) => String(keyOf(item))));
  const present = new Map();
  for (const child of [...parent.children]) {
    if (wanted.has(child.dataset.key)) present.set(child.dataset.key, child);
    else child.remove();
  }
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    const child = present.get(key) ?? create(item);
    child.dataset.key = key;
    update(child, item);
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
}

// Fills a select, keeping the choice where it is still there.
export function choices(select, options) {
  const create = ({ value }) => make("option", { value });
  const update = (option, { value, text }) => say(option, text ?? value);
  sync(select, options, ({ value }) => value, create, update);
}

// A table's row: cells are texts, or [text, class], or elements.
export function row(cells, labels = []) {
  const drawn = cells.map((cell, index) => {
    const label = labels[index] ? { "data-label": labels[index] } : {};
    if (Array.isArray(cell)) return make("td", { class: cell[1], ...label }, String(cell[0]));
    return make("td", label, cell instanceof Node ? cell : String(cell));
  });
  return make("tr", {}, ...drawn);
}

export const utc = (ms) => new Date(ms).toISOString().replace("T", " ").replace("Z", "");
export const utcTime = (ms) => utc(ms).slice(11);
