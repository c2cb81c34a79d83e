// The feed of live rounds: sentences, in batches, until the reader pauses it.

/** @typedef {{ slot: number, name: string, name_raw: string }} Named */
/** @typedef {{ seq: number, at: string, kind: string, icon: string, marked: boolean, type: string,
 *   actor: Named | null, target: Named | null, side: string | null, what: string }} Line */
/** @typedef {Record<string, string>} Texts */
/** @typedef {{ sentences: Texts, phases: Texts, sides: Texts, round: string, paused: string, pause: string,
 *   lost: string, nobody: string }} Words */
/** @typedef {{ last: number, live: string[], kinds: string[], words: Words }} Given */

/** Milliseconds that news are gathered before they are shown. */
const GATHER = 800;
/** Milliseconds between two messages to a screen reader. */
const TELL = 10_000;
/** Lines of the feed that stay in the page, and that wait while it is paused. */
const MOST_LINES = 60;
const COLOURS = 32;

/** A name in its colours, as `slomix_webui.colours` makes it.
 * @param {Named} named @returns {Node[]} */
export function coloured(named) {
  /** @type {Node[]} */
  const made = [];
  let colour = -1;
  for (const [index, part] of named.name_raw
    .trim()
    .split(/\^([^^])/)
    .entries()) {
    if (index % 2) colour = part === "*" ? -1 : (((part.charCodeAt(0) - 48) % COLOURS) + COLOURS) % COLOURS;
    else if (part !== "") {
      const span = document.createElement("span");
      if (colour >= 0) span.className = `c${colour}`;
      span.textContent = part;
      made.push(span);
    }
  }
  return made.some((each) => each.textContent?.trim()) ? made : [document.createTextNode(named.name)];
}

/** The feed: newest first, in batches, until the reader pauses it. */
export class Feed {
  /** @param {HTMLElement} within @param {Given} given */
  constructor(within, given) {
    this.list = within.querySelector("[data-feed]");
    this.blank = within.querySelector("template[data-line]");
    this.none = within.querySelector("[data-none]");
    this.kinds = new Set(given.kinds);
    this.words = given.words;
    /** @type {Line[]} */
    this.waiting = [];
    /** @type {string[]} */
    this.untold = [];
    this.paused = false;
    this.timer = 0;
    this.telling = 0;
    this.button = within.querySelector("button[data-pause]");
    if (this.button instanceof HTMLButtonElement) {
      this.button.hidden = false;
      this.button.addEventListener("click", () => this.pause());
    }
  }

  /** @param {Line[]} lines */
  add(lines) {
    this.waiting.push(...lines.filter((line) => this.kinds.has(line.kind)));
    this.waiting.splice(0, this.waiting.length - MOST_LINES);
    if (this.paused) this.label();
    else if (this.timer === 0 && this.waiting.length > 0) this.timer = window.setTimeout(() => this.show(), GATHER);
  }

  /** @param {Line[]} lines */
  replace(lines) {
    if (!this.paused) this.list?.replaceChildren();
    this.waiting = [];
    this.add(lines);
    if (!this.paused) this.show(false);
  }

  show(tell = true) {
    window.clearTimeout(this.timer);
    this.timer = 0;
    const lines = this.waiting.splice(0);
    if (this.list === null || lines.length === 0) return;
    const made = lines.map((line) => this.line(line)).reverse();
    this.list.prepend(...made);
    while (this.list.childElementCount > MOST_LINES) this.list.lastElementChild?.remove();
    if (this.none instanceof HTMLElement) this.none.hidden = true;
    this.list.dispatchEvent(new CustomEvent("slomix:swapped", { bubbles: true }));
    if (tell) this.tell(lines.filter((line) => line.marked).map((line) => this.sentence(line).textContent ?? ""));
  }

  /** @param {Line} line @returns {Element} */
  line(line) {
    const blank = this.blank instanceof HTMLTemplateElement ? this.blank.content.firstElementChild : null;
    const made = /** @type {Element} */ (blank?.cloneNode(true) ?? document.createElement("li"));
    made.classList.toggle("mark", line.marked);
    const time = made.querySelector("time");
    time?.setAttribute("datetime", line.at);
    // the clock of the server; times.js makes the reader's of it
    if (time) time.textContent = line.at.slice(11, 16);
    made.querySelector("use")?.setAttribute("href", `#i-${line.icon}`);
    made.querySelector('[data-f="text"]')?.append(this.sentence(line));
    return made;
  }

  /** A sentence with people and things in their places.
   * @param {Line} line @returns {DocumentFragment} */
  sentence(line) {
    const made = document.createDocumentFragment();
    for (const part of (this.words.sentences[line.type] ?? "").split(/(\{\w+\})/)) {
      const who = part === "{actor}" ? line.actor : part === "{target}" ? line.target : null;
      if (who) {
        const name = document.createElement("b");
        name.className = "name";
        name.append(...coloured(who));
        made.append(name);
      } else if (part === "{what}") made.append(line.what);
      else if (part === "{side}") made.append(this.words.sides[line.side ?? ""] ?? "");
      else if (!part.startsWith("{")) made.append(part);
    }
    if (line.kind === "kills" && line.what !== "") {
      const weapon = document.createElement("span");
      weapon.className = "weapon";
      weapon.textContent = line.what;
      made.append(" ", weapon);
    }
    return made;
  }

  pause() {
    this.paused = !this.paused;
    if (!this.paused) this.show(false);
    this.label();
  }

  label() {
    if (!(this.button instanceof HTMLButtonElement)) return;
    this.button.setAttribute("aria-pressed", String(this.paused));
    const text = this.button.querySelector("span");
    const { paused, pause } = this.words;
    if (text) text.textContent = this.paused ? paused.replace("{count}", String(this.waiting.length)) : pause;
  }

  /** Tell a screen reader of what matters, now and then.
   * @param {string[]} sentences */
  tell(sentences) {
    this.untold.push(...sentences);
    if (this.telling !== 0 || this.untold.length === 0) return;
    const status = document.getElementById("live");
    if (status) status.textContent = this.untold.splice(0).slice(-3).join(" ");
    this.telling = window.setTimeout(() => {
      this.telling = 0;
      this.tell([]);
    }, TELL);
  }

  end() {
    window.clearTimeout(this.timer);
    window.clearTimeout(this.telling);
  }
}
