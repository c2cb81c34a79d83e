// Where one types: a message, or a command that is chosen from the list and filled in.

import { suggestions } from "./offers.js";

const BOOLEAN = 5;
const SUGGEST_AFTER_MS = 120;

/** @import { Choice, Command, Option, Send } from "./wire" */

/** `send(address, body)` posts to the fake and answers its JSON; raises with a sentence.
 * @param {HTMLFormElement} form
 * @param {Send} send */
export function compose(form, send) {
  /** @param {string} id */
  const part = (id) => /** @type {HTMLElement} */ (form.querySelector(`#${id}`));
  const text = /** @type {HTMLInputElement} */ (part("text"));
  const [chosen, slots, hint, go] = [part("command"), part("options"), part("hint"), part("send")];
  const offers = suggestions(part("offers"));
  /** @type {Command[]} */
  let commands = [];
  /** @type {Command | null} */
  let command = null;
  let asked = 0;

  /** @param {string} words */
  function tell(words, wrong = false) {
    hint.textContent = words;
    hint.classList.toggle("wrong", wrong);
  }

  function reset() {
    command = null;
    chosen.hidden = true;
    text.hidden = false;
    slots.replaceChildren();
    text.value = "";
    offers.close();
    text.focus();
  }

  function offerCommands() {
    const typed = text.value;
    if (!typed.startsWith("/")) {
      offers.close();
      return;
    }
    const words = typed.slice(1).toLowerCase();
    const fitting = commands.filter((each) => each.path.includes(words));
    /** @param {Command} each */
    const first = (each) => (each.path.startsWith(words) ? 0 : 1);
    fitting.sort((one, other) => first(one) - first(other) || one.path.localeCompare(other.path));
    offers.offer(
      text,
      fitting.map((each) => ({ title: `/${each.path}`, detail: each.description, choose: () => choose(each) })),
    );
    tell(fitting.length ? "" : "The bot has no such command.", !fitting.length);
  }

  /** @param {Command} each */
  function choose(each) {
    command = each;
    chosen.textContent = `/${each.path}`;
    chosen.setAttribute("aria-label", `/${each.path}, take the command back`);
    chosen.hidden = false;
    text.hidden = true;
    slots.replaceChildren(...each.options.map(slot));
    tell(`${each.description} · Enter sends it`);
    (slots.querySelector("input") ?? go).focus();
  }

  /** @param {Option} option */
  function slot(option) {
    const label = document.createElement("label");
    label.className = option.required ? "option required" : "option";
    const name = document.createElement("span");
    name.textContent = option.name;
    const input = document.createElement("input");
    input.name = option.name;
    input.required = Boolean(option.required);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-controls", "offers");
    input.setAttribute("aria-expanded", "false");
    input.addEventListener("focus", () => {
      tell(`${option.description}${option.required ? "" : " (may stay empty)"}`);
      suggest(option, input);
    });
    input.addEventListener("input", () => {
      delete input.dataset.value;
      suggest(option, input);
    });
    input.addEventListener("blur", offers.close);
    label.append(name, input);
    return label;
  }

  /** @param {Option} option @param {HTMLInputElement} input */
  async function suggest(option, input) {
    const mine = ++asked;
    let found = option.choices ?? [];
    if (option.type === BOOLEAN) found = [true, false].map((value) => ({ name: value ? "True" : "False", value }));
    if (option.autocomplete) {
      await new Promise((done) => setTimeout(done, SUGGEST_AFTER_MS));
      if (mine !== asked) return;
      try {
        const answer = await send("suggest", {
          path: command?.path,
          option: option.name,
          typed: input.value,
          options: filled(),
        });
        found = answer.choices;
      } catch (error) {
        tell(sentence(error), true);
        found = [];
      }
    } else {
      found = found.filter((each) => each.name.toLowerCase().includes(input.value.toLowerCase()));
    }
    if (mine !== asked || document.activeElement !== input) return;
    offers.offer(
      input,
      found.map((each) => ({ title: each.name, choose: () => take(input, each) })),
    );
  }

  /** @param {HTMLInputElement} input @param {Choice} choice */
  function take(input, choice) {
    input.value = choice.name;
    input.dataset.value = JSON.stringify(choice.value);
    const inputs = [...slots.querySelectorAll("input")];
    const next = inputs.slice(inputs.indexOf(input) + 1).find((each) => !each.value);
    (next ?? go).focus();
  }

  function filled() {
    const inputs = [...slots.querySelectorAll("input")].filter((input) => input.value !== "");
    return Object.fromEntries(
      inputs.map((input) => [input.name, input.dataset.value ? JSON.parse(input.dataset.value) : input.value]),
    );
  }

  async function submit() {
    const typed = text.value.trim();
    if (!command && !typed) return;
    if (!command && typed.startsWith("/")) {
      const meant = commands.find((each) => `/${each.path}` === typed);
      if (meant) choose(meant);
      else tell("Choose one of the commands.", true);
      return;
    }
    const missing = slots.querySelector("input:invalid");
    if (missing instanceof HTMLInputElement) {
      missing.focus();
      tell(`${missing.name} is needed`, true);
      return;
    }
    const meant = command;
    const options = filled();
    reset();
    tell(meant ? `sent /${meant.path} …` : "");
    try {
      await (meant ? send("slash", { path: meant.path, options }) : send("say", { content: typed }));
      tell("");
    } catch (error) {
      tell(sentence(error), true);
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  form.addEventListener("keydown", (event) => {
    if (offers.key(event)) return;
    if (event.key === "Escape" && command) reset();
    if (
      event.key === "Backspace" &&
      command &&
      event.target instanceof HTMLInputElement &&
      event.target.value === "" &&
      event.target === slots.querySelector("input")
    ) {
      event.preventDefault();
      reset();
    }
  });
  text.addEventListener("input", offerCommands);
  text.addEventListener("focus", offerCommands);
  text.addEventListener("blur", offers.close);
  chosen.addEventListener("click", reset);
  return {
    tell,
    /** @param {Command[]} list */
    know(list) {
      commands = list;
      if (document.activeElement === text) offerCommands();
    },
  };
}

/** @param {unknown} error */
function sentence(error) {
  return error instanceof Error ? error.message : String(error);
}
