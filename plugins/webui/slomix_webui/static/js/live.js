// Keeps an open page up to date: when something happened to what it shows, its <main> is fetched again and swapped.
// Without this script the page reads the same; it only has to be reloaded by hand.

const EVENTS = ["slomix.RoundImported", "slomix.RoundRevised", "slomix.MatchCompleted"];
/** Milliseconds that events are gathered before one fetch: an import tells several at once. */
const GATHER = 150;
/** Milliseconds before another try when a fetch failed. */
const AGAIN = 5000;

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const status = /** @type {HTMLElement} */ (document.getElementById("live"));
const subject = main.dataset.live;
/** Further events that this page and its blocks wait for, whatever they are about. */
const listens = (main.dataset.listens ?? "").split(" ").filter((key) => key !== "");

/** @type {EventSource | null} */
let source = null;
let timer = 0;
let reading = false;
let lost = false;
let news = "";
/** What the server said last, before the reader opened or moved anything in it. */
let shown = main.innerHTML.trim();

/** @param {string} text */
function tell(text) {
  if (status.textContent !== text) status.textContent = text;
}

/** Whether an event is about what this page shows.
 * @param {string} key
 * @param {{ session_id?: string }} payload */
function concerns(key, payload) {
  if (listens.includes(key)) return true;
  return subject !== undefined && (subject === "*" || payload.session_id === subject);
}

/** @param {MessageEvent} event */
function happened(event) {
  const payload = JSON.parse(event.data);
  if (!concerns(event.type, payload)) return;
  if (EVENTS.includes(event.type) && payload.map !== undefined) {
    news = `Round ${payload.number} of ${payload.map} is in.`;
  }
  schedule(GATHER);
}

/** @param {number} delay */
function schedule(delay) {
  window.clearTimeout(timer);
  timer = window.setTimeout(refresh, delay);
}

async function refresh() {
  if (reading) {
    schedule(GATHER);
    return;
  }
  reading = true;
  try {
    const asked = location.search;
    const address = new URL(location.href);
    address.searchParams.set("part", "main");
    address.hash = "";
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const text = await answer.text();
    // the reader went to another part of the page meanwhile, see swaps.js
    if (asked !== location.search) schedule(0);
    else if (swap(text)) tell(news || "The page was brought up to date.");
    else if (lost) tell("");
    news = "";
    lost = false;
  } catch {
    lost = true;
    tell("The page could not be brought up to date; trying again.");
    schedule(AGAIN);
  }
  reading = false;
}

/** Put the new content in place; what was open stays open, what was scrolled stays there, focus is kept.
 * @param {string} html
 * @returns {boolean} whether anything was new */
function swap(html) {
  const fresh = new DOMParser().parseFromString(`<main>${html}</main>`, "text/html").querySelector("main");
  const next = fresh?.innerHTML.trim();
  if (!fresh || next === undefined || next === shown) return false;
  shown = next;
  const open = [...main.querySelectorAll("details[open][id]")].map((each) => each.id);
  const scrolled = [...main.querySelectorAll(".scroll[id]")].map((each) => [each.id, each.scrollLeft]);
  const path = pathTo(document.activeElement);
  const [x, y] = [window.scrollX, window.scrollY];
  const known = new Set([...main.querySelectorAll(".plays > li")].map((each) => each.id));

  main.replaceChildren(...fresh.childNodes);

  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  for (const [id, left] of scrolled) document.getElementById(String(id))?.scrollTo({ left: Number(left) });
  for (const each of main.querySelectorAll(".plays > li")) if (!known.has(each.id)) each.classList.add("fresh");
  window.scrollTo(x, y);
  if (path !== null) /** @type {HTMLElement | null} */ (main.querySelector(path))?.focus({ preventScroll: true });
  main.dispatchEvent(new CustomEvent("slomix:swapped", { bubbles: true }));
  return true;
}

/** A selector that finds the focused element again: by its id, by the address it leads to, or inside its fold.
 * @param {Element | null} element */
function pathTo(element) {
  if (element === null || element === main || !main.contains(element)) return null;
  if (element.id) return `#${CSS.escape(element.id)}`;
  const within = element.parentElement?.closest("[id]");
  const scope = within && within !== main ? `#${CSS.escape(within.id)} ` : "";
  const address = element.getAttribute("href");
  return scope + element.localName + (address === null ? "" : `[href="${CSS.escape(address)}"]`);
}

function connect() {
  if (source !== null || document.visibilityState === "hidden") return;
  source = new EventSource("/-/events");
  for (const name of new Set([...EVENTS, ...listens])) source.addEventListener(name, happened);
  // What happened before the stream was open (while the page loaded, the tab was hidden or the line was down) is
  // not told, so the page is read again once.
  source.addEventListener("open", () => schedule(0));
  source.addEventListener("error", () => {
    lost = true;
    tell("The connection is lost; waiting for it to come back.");
    if (source?.readyState === EventSource.CLOSED) {
      disconnect();
      window.setTimeout(connect, AGAIN);
    }
  });
}

function disconnect() {
  source?.close();
  source = null;
}

/** A fragment may name a match whose fold is closed, or a round within one. */
function unfold() {
  const target = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  const fold = target?.closest("details") ?? target?.querySelector("details");
  if (!target || !fold || fold.open) return;
  fold.open = true;
  target.scrollIntoView();
}

unfold();
window.addEventListener("hashchange", unfold);
if (subject !== undefined || listens.length > 0) {
  connect();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") disconnect();
    else connect();
  });
  window.addEventListener("pagehide", disconnect);
  window.addEventListener("pageshow", connect);
}
