// A line over time that people zoom into, in place of the drawing that the server made; its table stays.
//
//   <div data-island="uplot-line" data-module="/static/…/uplot-line.js">
//     <script type="application/json">{"times": [1764540000], "values": [230.5], "label": "DPM", "base": 210, "baseLabel": "…", "hint": "…"}</script>
//     <figure class="figure">…</figure>
//   </div>
//
// Drag over a part to see it larger, double click for all. By keyboard: + and - or the arrows, 0 or Escape for all.

/** @typedef {{ times: number[], values: (number | null)[], label: string, base: number, baseLabel: string,
 *   hint: string }} Data */
/** @typedef {typeof import("../../../js-types/vendor/uplot").default} Library */
/** @typedef {InstanceType<Library>} Plot */

const HEIGHT = 240;
/** By how much one key press zooms, and moves. */
const STEP = 0.25;
/** Nothing closer than a day: a night is a point. */
const LEAST_S = 86_400;
const DAYS = [1, 2, 7, 14, 28, 91, 182, 364].map((days) => days * LEAST_S);
const DAY = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short" });
const LONG_DAY = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium" });

/** @param {unknown} _plot @param {number | null} value */
const whole = (_plot, value) => (value === null ? "–" : value.toFixed(0));
/** @param {unknown} _plot @param {number | null} value */
const longDay = (_plot, value) => (value === null ? "–" : LONG_DAY.format(value * 1000));

/** The library, which is loaded only where somebody comes to such a line.
 * @returns {Promise<Library>} */
async function library() {
  const loaded = await import(new URL("../vendor/uplot.js", import.meta.url).href);
  return loaded.default;
}

/** The library's styles, once for the page. */
function styled() {
  const href = new URL("../vendor/uplot.css", import.meta.url).href;
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return new Promise((done, failed) => {
    link.addEventListener("load", () => done(undefined));
    link.addEventListener("error", failed);
    document.head.append(link);
  });
}

/** Colours of the present theme.
 * @param {HTMLElement} element */
function palette(element) {
  const probe = element.appendChild(document.createElement("i"));
  /** @param {string} name */
  const read = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const found = { line: read("--s1"), grid: read("--line"), text: read("--quiet") };
  probe.remove();
  return found;
}

/** What one key does to the part that is shown; null: nothing.
 * @param {string} key @param {number} from @param {number} to @param {[number, number]} all
 * @returns {[number, number] | null} */
function moved(key, from, to, all) {
  const step = (to - from) * STEP;
  if (key === "+" && to - from > LEAST_S) return [from + step, to - step];
  if (key === "-") return [Math.max(all[0], from - step), Math.min(all[1], to + step)];
  if (key === "ArrowLeft") return [Math.max(all[0], from - step), Math.max(all[0], from - step) + (to - from)];
  if (key === "ArrowRight") return [Math.min(all[1], to + step) - (to - from), Math.min(all[1], to + step)];
  return key === "0" || key === "Escape" ? all : null;
}

/** @param {HTMLElement} element @param {Data} data */
export default async function start(element, data) {
  const drawn = element.querySelector("figure > .axes, figure > svg");
  const [UPlot] = await Promise.all([library(), styled()]);
  if (!(drawn instanceof Element) || data.times.length < 2) return;
  const colours = palette(element);
  const place = document.createElement("div");
  place.className = "zoom";
  place.tabIndex = 0;
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", `${data.label}: ${data.hint}`);
  const hint = document.createElement("p");
  hint.className = "quiet";
  hint.textContent = data.hint;
  drawn.before(place);
  drawn.remove();
  const axis = { stroke: colours.text, grid: { stroke: colours.grid, width: 1 }, ticks: { stroke: colours.grid } };
  const plot = new UPlot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      scales: { x: { time: true } },
      series: [
        { label: "", value: longDay },
        { label: data.label, stroke: colours.line, width: 2, value: whole },
        { label: data.baseLabel, stroke: colours.text, width: 1, dash: [4, 4], points: { show: false }, value: whole },
      ],
      axes: [{ ...axis, incrs: DAYS, values: (_plot, at) => at.map((each) => DAY.format(each * 1000)) }, axis],
      cursor: { drag: { x: true, y: false } },
      hooks: {
        setScale: [
          /** @param {Plot} now */
          (now) => {
            place.dataset.part = `${Math.round(now.scales.x?.min ?? 0)} ${Math.round(now.scales.x?.max ?? 0)}`;
          },
        ],
      },
    },
    [data.times, data.values, data.times.map(() => data.base)],
    place,
  );
  place.append(hint);
  keys(place, plot, data);
  const sizes = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT }));
  sizes.observe(place);
  return () => {
    sizes.disconnect();
    plot.destroy();
  };
}

/** @param {HTMLElement} place @param {Plot} plot @param {Data} data */
function keys(place, plot, data) {
  /** @type {[number, number]} */
  const all = [Number(data.times[0]), Number(data.times.at(-1))];
  place.addEventListener("keydown", (event) => {
    const { min, max } = plot.scales.x ?? {};
    if (event.ctrlKey || event.metaKey || event.altKey || min === undefined || max === undefined) return;
    const part = moved(event.key, Number(min), Number(max), all);
    if (part === null) return;
    event.preventDefault();
    plot.setScale("x", { min: part[0], max: part[1] });
  });
}
