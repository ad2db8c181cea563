// The page's beginning: hears what has changed, and has the part concerned read it again.

import { clockChanged } from "./clock.js";
import { find, say } from "./dom.js";
import { readFaults } from "./faults.js";
import { readJournal } from "./journal.js";
import { readMarkets } from "./markets.js";
import { readOrders } from "./orders.js";
import { readPositions } from "./positions.js";
import { readProfile } from "./profile.js";
import { readStreams } from "./streams.js";
import { readTransfers, readUsers } from "./users.js";

let events = null;

function listen() {
  events = new EventSource("/events");
  events.addEventListener("open", () => feed("live", true));
  events.addEventListener("error", () => feed("not connected; trying again", false));
  events.addEventListener("clock", (event) => clockChanged(JSON.parse(event.data)));
  events.addEventListener("faults", readFaults);
  events.addEventListener("journal", readJournal);
  events.addEventListener("market", () => {
    readMarkets();
    readPositions(); // the mark decides what they are worth
  });
  events.addEventListener("orders", readOrders);
  events.addEventListener("positions", readPositions);
  events.addEventListener("profile", readProfile);
  events.addEventListener("streams", readStreams);
  events.addEventListener("state", () => {
    readMarkets(); // another state may have others
    readPositions(); // as their users have more or less
    readUsers();
    readTransfers();
  });
}

function feed(text, isLive) {
  say(find("#feed"), text);
  find("#feed").dataset.live = isLive;
}

// A page that nobody sees does not listen. When it is seen again, it is told everything anew.
document.addEventListener("visibilitychange", () => {
  events.close();
  if (!document.hidden) listen();
});
listen();
