// The demo's Discord: messages as they come, commands and buttons as a person uses them.

import { compose } from "./composer.js";
import { form } from "./form.js";
import { show } from "./messages.js";

const [log, main, empty, newer, presence, said] = ["#log", "main", "#empty", "#newer", "#presence", "#said"].map(
  (selector) => document.querySelector(selector),
);
const dismissed = new Set();
const composer = compose(document.querySelector("#composer"), send);

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

async function attempt(act) {
  try {
    composer.tell("");
    await act();
  } catch (error) {
    composer.tell(error.message, true);
  }
}

function nearEnd() {
  return main.scrollHeight - main.scrollTop - main.clientHeight < 120;
}

function toEnd() {
  main.scrollTop = main.scrollHeight;
  newer.hidden = true;
}

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
    const focused = [...old.querySelectorAll("button")].indexOf(document.activeElement);
    old.replaceWith(item);
    if (focused >= 0) {
      (item.querySelectorAll("button:not(:disabled)")[focused] ?? item.querySelector("button"))?.focus();
    }
  } else {
    log.append(item);
  }
  empty.hidden = true;
}

function drop(id) {
  document.getElementById(`m${id}`)?.remove();
  empty.hidden = log.children.length > 0;
}

function present(here) {
  presence.textContent = here ? "slomix is here" : "slomix is away";
  presence.classList.toggle("here", here);
}

const live = new EventSource("/_/events");
const on = (kind, act) => live.addEventListener(kind, (event) => act(JSON.parse(event.data)));

on("hello", (state) => {
  document.querySelector("#channel").textContent = state.channel;
  log.replaceChildren();
  empty.hidden = false;
  state.messages.forEach(put);
  composer.know(state.commands);
  present(state.connected);
  toEnd();
});
on("message", (message) => {
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
