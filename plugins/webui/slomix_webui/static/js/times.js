// Times in the reader's zone: the server's stays in the tooltip. Without this script times are those of the game server.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const language = document.documentElement.lang;

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const SHAPES = {
  hour: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { weekday: "short", day: "numeric", month: "short", year: "numeric" },
  long: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
};

/** Minutes ahead of UTC that a moment is written with: `2026-11-28T21:03:00+01:00` is 60.
 * @param {string} written */
function offset(written) {
  const found = /([+-])(\d\d):(\d\d)(?::\d\d)?$/.exec(written);
  if (found === null) return 0;
  return (found[1] === "-" ? -1 : 1) * (60 * Number(found[2]) + Number(found[3]));
}

/** A moment as the server writes such a text, for the reader's clock.
 * @param {Date} moment
 * @param {Intl.DateTimeFormatOptions} shape */
function told(moment, shape) {
  // the server's English days have the day first and no comma
  if (language !== "en") return new Intl.DateTimeFormat(language, shape).format(moment);
  return new Intl.DateTimeFormat("en-GB", shape).format(moment).replace(",", "");
}

/** Rewrite every `<time data-shape>` below an element whose clock is not the reader's.
 * @param {ParentNode} within */
function localise(within) {
  for (const element of within.querySelectorAll("time[data-shape]")) {
    const time = /** @type {HTMLTimeElement} */ (element);
    const shape = SHAPES[time.dataset.shape ?? ""];
    const moment = new Date(time.dateTime);
    if (shape === undefined || Number.isNaN(moment.getTime())) continue;
    if (offset(time.dateTime) === -moment.getTimezoneOffset()) continue;
    if (time.title === "") time.title = time.textContent ?? "";
    time.textContent = told(moment, shape);
  }
}

localise(document);
document.addEventListener("slomix:swapped", (event) => {
  if (event.target instanceof Element) localise(event.target);
});
const foot = document.querySelector(".zone[data-local]");
if (foot instanceof HTMLElement) foot.textContent = (foot.dataset.local ?? "").replace("{zone}", zone);
