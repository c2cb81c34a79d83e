// Starts islands: parts of a page that need a script of their own, when they come into view.
//
//   <figure data-island="uplot-line" data-module="/static/…/line.js">
//     <script type="application/json">{"points": […]}</script> … what readers without script see …
//   </figure>
//
// The module's default export is called with the element and the parsed JSON (null without any); a function that it
// answers is called when the element has left the page. A module that fails leaves the element as the server made it.

/** @typedef {(element: HTMLElement, data: any) => (void | (() => void) | Promise<void | (() => void)>)} Start */

const ISLANDS = "[data-island][data-module]";
/** How far outside of the view a module is loaded already. */
const NEAR = "200px";

/** @type {Map<HTMLElement, () => void>} */
const running = new Map();

const view = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      view.unobserve(target);
      void start(/** @type {HTMLElement} */ (target));
    }
  },
  { rootMargin: NEAR },
);

/** @param {HTMLElement} element */
async function start(element) {
  const { island, module } = element.dataset;
  try {
    /** @type {{ default: Start }} */
    const loaded = await import(String(module));
    if (!element.isConnected) return;
    const end = await loaded.default(element, dataOf(element));
    if (end) running.set(element, end);
    element.dataset.islandState = "running";
  } catch (error) {
    element.dataset.islandState = "failed";
    console.error(`The island ${island} did not start.`, error);
  }
}

/** @param {HTMLElement} element */
function dataOf(element) {
  const block = element.querySelector(':scope > script[type="application/json"]');
  return block ? JSON.parse(block.textContent ?? "null") : null;
}

/** Watch all islands below (and at) a node that came.
 * @param {Node} node */
function came(node) {
  if (!(node instanceof Element)) return;
  if (node.matches(ISLANDS)) view.observe(node);
  for (const each of node.querySelectorAll(ISLANDS)) view.observe(each);
}

/** End the islands that are in the page no more. */
function tidy() {
  for (const [element, end] of running) {
    if (element.isConnected) continue;
    running.delete(element);
    end();
  }
}

came(document.documentElement);
new MutationObserver((changes) => {
  for (const change of changes) change.addedNodes.forEach(came);
  tidy();
}).observe(document.documentElement, { childList: true, subtree: true });
