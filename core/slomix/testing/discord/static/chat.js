// The demo's Discord: messages as they come, commands and buttons as a person uses them.

import { compose } from "./composer.js";
import { form } from "./form.js";
import { show } from "./messages.js";

/** @import { Act, Message, Send, State } from "./wire" */

/** A part of the page that is always there.
 * @param {string} selector */
const part = (selector) => /** @type {HTMLElement} */ (document.querySelector(selector));
const log = part("#log");
const main = part("main");
const empty = part("#empty");
const newer = part("#newer");
const presence = part("#presence");
const said = part("#said");
/** @type {Set<string>} */
const dismissed = new Set();
const composer = compose(/** @type {HTMLFormElement} */ (part("#composer")), send);

/** @type {Send} */
async function send(address, body) {
  const answer = await fetch(`/_/${address}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new Error("The demo does not run any more.");
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error);
  if (told.form) form(told.form, (values) => attempt(() => send("submit", { message: told.message, values })));
  return told;
}

/** @param {Act} act */
async function attempt(act) {
  try {
    composer.tell("");
    await act();
  } catch (error) {
    composer.tell(error instanceof Error ? error.message : String(error), true);
  }
}

function nearEnd() {
  return main.scrollHeight - main.scrollTop - main.clientHeight < 120;
}

function toEnd() {
  main.scrollTop = main.scrollHeight;
  newer.hidden = true;
}

/** @param {Message} message */
function put(message) {
  if (dismissed.has(message.id)) return;
  const item = show(
    message,
    (id) => attempt(() => send("press", { message: message.id, custom_id: id })),
    () => {
      dismissed.add(message.id);
      drop(message.id);
    },
  );
  const old = document.getElementById(item.id);
  if (old) {
    const focused = [...old.querySelectorAll("button")].findIndex((button) => button === document.activeElement);
    old.replaceWith(item);
    if (focused >= 0) {
      const usable = /** @type {NodeListOf<HTMLButtonElement>} */ (item.querySelectorAll("button:not(:disabled)"));
      (usable[focused] ?? item.querySelector("button"))?.focus();
    }
  } else {
    log.append(item);
  }
  empty.hidden = true;
}

/** @param {string} id */
function drop(id) {
  document.getElementById(`m${id}`)?.remove();
  empty.hidden = log.children.length > 0;
}

/** @param {boolean} here */
function present(here) {
  presence.textContent = here ? "slomix is here" : "slomix is away";
  presence.classList.toggle("here", here);
}

const live = new EventSource("/_/events");
/** @param {string} kind @param {(told: any) => void} act */
const on = (kind, act) => live.addEventListener(kind, (event) => act(JSON.parse(event.data)));

on("hello", (/** @type {State} */ state) => {
  part("#channel").textContent = state.channel;
  log.replaceChildren();
  empty.hidden = false;
  state.messages.forEach(put);
  composer.know(state.commands);
  present(state.connected);
  toEnd();
});
on("message", (/** @type {Message} */ message) => {
  const known = Boolean(document.getElementById(`m${message.id}`));
  const follow = nearEnd();
  put(message);
  if (follow) toEnd();
  else newer.hidden = known && newer.hidden;
  if (!known && !message.thinking) {
    said.textContent = `${message.author.username}: ${message.content || message.embeds[0]?.title || message.embeds[0]?.description || "a message"}`;
  }
});
on("gone", (gone) => drop(gone.id));
on("commands", (state) => composer.know(state.commands));
on("status", (state) => present(state.connected));
live.addEventListener("error", () => {
  presence.textContent = "connecting …";
  presence.classList.remove("here");
});
newer.addEventListener("click", toEnd);
main.addEventListener("scroll", () => {
  if (nearEnd()) newer.hidden = true;
});
