// The live page while somebody looks: roster, score, clock and feed follow the channel that the page names.
//
//   <div data-island="live-round" data-channel="/live/round">
//     <script type="application/json">{"last": 41, "live": ["puran"], "kinds": ["kills"], "words": {…}}</script>
//     … what the server made: the elements with data-round, data-side and data-f are filled in again …
//   </div>

import { Feed, coloured } from "./live-feed.js";
import { Stream } from "./live-stream.js";

/** @typedef {import("./live-feed.js").Named} Named */
/** @typedef {import("./live-feed.js").Words} Words */
/** @typedef {Named & { kills: number, deaths: number, damage: number | null, received: number | null }} Fighter */
/** @typedef {{ server: string, map: string | null, round: number, phase: string, clock_s: number | null,
 *   axis_kills: number, allies_kills: number, axis: Fighter[], allies: Fighter[], others: Fighter[] }} Round */
/** @typedef {{ live: string[], rounds: Round[], feed: import("./live-feed.js").Line[] }} Now */

/** After so much silence (ms) the server counts as not live. */
const SILENCE = 610_000;
/** The page is read again at most once within this time (ms), and not by everybody at the same moment. */
const REREAD = 15_000;
const SPREAD = 2000;

let reread = -REREAD;

/** @param {HTMLElement} element @param {import("./live-feed.js").Given} given */
export default function start(element, given) {
  const { words } = given;
  const clocks = new Clocks(element);
  const feed = new Feed(element, given);
  let live = given.live;
  let heard = performance.now();

  /** @param {string} event @param {Now} data */
  const hear = (event, data) => {
    heard = performance.now();
    for (const round of data.rounds) draw(element, round, words);
    clocks.set(data.rounds);
    if (event === "snapshot") feed.replace(data.feed);
    else feed.add(data.feed);
    if (String([...data.live].sort()) !== String([...live].sort())) again();
    live = data.live;
  };
  const stream = new Stream(String(element.dataset.channel), given.last, hear, (lost) => {
    const state = element.querySelector("[data-state]");
    if (state) state.textContent = lost ? words.lost : "";
  });
  const ticking = window.setInterval(() => {
    clocks.tick();
    if (live.length > 0 && performance.now() - heard > SILENCE) again();
  }, 1000);
  const filter = element.querySelector("form[data-kinds]");
  if (filter instanceof HTMLFormElement) {
    filter.addEventListener("change", () => filter.requestSubmit());
    filter.querySelector("button")?.setAttribute("hidden", "");
  }
  clocks.tick();
  stream.open();
  return () => {
    window.clearInterval(ticking);
    stream.end();
    feed.end();
  };
}

/** Something began or ended: another page is due. */
function again() {
  if (performance.now() - reread < REREAD) return;
  reread = performance.now();
  window.setTimeout(async () => {
    const main = document.getElementById("main");
    const address = new URL(location.href);
    address.searchParams.set("part", "main");
    const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || main === null) return;
    const fresh = new DOMParser().parseFromString(`<main>${await answer.text()}</main>`, "text/html");
    main.replaceChildren(...(fresh.querySelector("main")?.childNodes ?? []));
    main.dispatchEvent(new CustomEvent("slomix:swapped", { bubbles: true }));
  }, Math.random() * SPREAD);
}

/** Fill a round's numbers and rows in again.
 * @param {HTMLElement} within @param {Round} round @param {Words} words */
function draw(within, round, words) {
  const place = within.querySelector(`[data-round="${CSS.escape(round.server)}"]`);
  if (place === null) return;
  put(place, "map", round.map ?? "–");
  put(place, "round", words.round.replace("{round}", String(round.round)));
  put(place, "phase", words.phases[round.phase] ?? round.phase);
  put(place, "axis_kills", String(round.axis_kills));
  put(place, "allies_kills", String(round.allies_kills));
  rows(place, within, "axis", round.axis, words);
  rows(place, within, "allies", round.allies, words);
}

/** @param {Element} place @param {Element} within @param {string} side @param {Fighter[]} people @param {Words} words */
function rows(place, within, side, people, words) {
  const body = place.querySelector(`[data-side="${side}"] tbody`);
  const blank = within.querySelector("template[data-row]");
  if (body === null || !(blank instanceof HTMLTemplateElement)) return;
  const made = people.map((each) => {
    const row = /** @type {Element} */ (blank.content.firstElementChild?.cloneNode(true));
    const name = row.querySelector('[data-f="name"]');
    if (name) name.append(...coloured(each));
    put(row, "kills", String(each.kills));
    put(row, "deaths", String(each.deaths));
    put(row, "damage", each.damage === null ? "–" : each.damage.toLocaleString("en"));
    put(row, "received", each.received === null ? "–" : each.received.toLocaleString("en"));
    return row;
  });
  if (made.length === 0) {
    const row = document.createElement("tr");
    const cell = row.insertCell();
    cell.colSpan = 5;
    cell.className = "first quiet";
    cell.textContent = words.nobody;
    made.push(row);
  }
  body.replaceChildren(...made);
}

/** @param {Element} within @param {string} field @param {string} text */
function put(within, field, text) {
  const place = within.querySelector(`[data-f="${field}"]`);
  if (place && place.textContent !== text) place.textContent = text;
}

/** The clocks of the rounds: they go on by themselves between two messages. */
class Clocks {
  /** @param {HTMLElement} within */
  constructor(within) {
    this.within = within;
    /** @type {Map<string, number>} when a server's round began, by our own clock (ms) */
    this.began = new Map();
    for (const clock of within.querySelectorAll("[data-clock]")) {
      const { server, clock: told } = /** @type {HTMLElement} */ (clock).dataset;
      if (told) this.began.set(String(server), performance.now() - 1000 * Number(told));
    }
  }

  /** @param {Round[]} rounds */
  set(rounds) {
    for (const { server, clock_s } of rounds) {
      if (clock_s === null) this.began.delete(server);
      else this.began.set(server, performance.now() - 1000 * clock_s);
    }
    this.tick();
  }

  tick() {
    for (const clock of this.within.querySelectorAll("[data-clock]")) {
      const began = this.began.get(String(/** @type {HTMLElement} */ (clock).dataset.server));
      const seconds = began === undefined ? null : Math.max(0, Math.floor((performance.now() - began) / 1000));
      const text = seconds === null ? "–" : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (clock.textContent !== text) clock.textContent = text;
    }
  }
}
