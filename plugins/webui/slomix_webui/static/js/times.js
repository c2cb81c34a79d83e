// Times in the reader's zone: the server's stays in the tooltip. Without this script times are those of the game server.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const language = document.documentElement.lang;

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const SHAPES = {
  hour: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { weekday: "short", day: "numeric", month: "short", year: "numeric" },
  long: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
};

/** Rewrite every `<time data-shape>` below an element.
 * @param {ParentNode} within */
function localise(within) {
  for (const element of within.querySelectorAll("time[data-shape]")) {
    const time = /** @type {HTMLTimeElement} */ (element);
    const shape = SHAPES[time.dataset.shape ?? ""];
    const moment = new Date(time.dateTime);
    if (shape === undefined || Number.isNaN(moment.getTime())) continue;
    if (time.title === "") time.title = time.textContent ?? "";
    time.textContent = new Intl.DateTimeFormat(language, { ...shape, timeZone: zone }).format(moment);
  }
}

localise(document);
document.addEventListener("slomix:swapped", (event) => {
  if (event.target instanceof Element) localise(event.target);
});
const told = document.querySelector(".zone[data-local]");
if (told instanceof HTMLElement) told.textContent = (told.dataset.local ?? "").replace("{zone}", zone);
