// Calls of the control API, and what became of them, told to people.

import { find, say } from "./dom.js";

// A call that the exchange refused, or that did not reach it.
export class Refused extends Error {}

export async function call(method, path, body) {
  const options = { method };
  if (body !== undefined) options.body = JSON.stringify(body);
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refused("The exchange does not answer. Is it still running?");
  }
  const answer = await response.json();
  if (!response.ok) throw new Refused(answer.error);
  return answer;
}

export function announce(text) {
  say(find("#outcome"), text);
}

// Does something and tells its outcome; a refusal stands where the person is looking.
export async function act(refusal, action) {
  try {
    const outcome = await action();
    say(refusal, "");
    if (outcome) announce(outcome);
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    announce("");
    say(refusal, error.message);
    return false;
  }
}

// Sends a form by a function of its data; the pressed button's name and value are among them.
export function onSubmit(form, action) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = Object.fromEntries(new FormData(form, event.submitter));
    act(find(".refusal", form), () => action(data));
  });
}

// Runs a reading function on demand, one at a time; demands meanwhile are met by one more run.
export function refresher(read) {
  let running = false;
  let again = false;
  return async function refresh() {
    again = true;
    if (running) return;
    running = true;
    try {
      while (again) {
        again = false;
        await read();
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error; // the line to the exchange is cut; "feed" says so
    } finally {
      running = false;
    }
  };
}

// A whole number out of a text field; other text is sent as it is, and refused by name.
export const number = (text) => (/^-?\d{1,15}(\.\d+)?$/.test(text.trim()) ? Number(text) : text);
