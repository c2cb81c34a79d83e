// Filters, sorting, tabs and paging without a reload: a link or a form that leads to this page with another query is
// fetched, and what it answers is put into <main>. Without this script the same happens by a reload.

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const status = document.getElementById("live");
/** Links around the content that carry the query, too: menus, and the page as JSON. */
const AROUND = ":is(header, footer, nav) a[href], link[rel='alternate']";

let turn = 0;
/** The query of what is shown. */
let shown = location.search;

/** Whether an address is this page with another query.
 * @param {URL} url */
function stays(url) {
  return url.origin === location.origin && url.pathname === location.pathname && (url.search !== shown || !url.hash);
}

/** Fetch an address and show it; whatever goes wrong is shown by a reload.
 * @param {string} address
 * @param {boolean} keep whether the address becomes an entry of the browser's history */
async function show(address, keep) {
  const mine = ++turn;
  main.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== turn) return;
    const fresh = page.getElementById("main");
    const url = new URL(answer.url);
    if (!answer.ok || fresh === null || url.pathname !== location.pathname) throw new Error(String(answer.status));
    if (keep) history.pushState(null, "", url);
    shown = url.search;
    document.title = page.title;
    follow(page);
    put(fresh);
    if (status !== null) status.textContent = page.title;
  } catch {
    if (mine === turn) location.assign(address);
  }
  if (mine === turn) main.removeAttribute("aria-busy");
}

/** Put the content in place; folds with an id and the scope stay open, and focus stays on the same control.
 * @param {HTMLElement} fresh */
function put(fresh) {
  const open = [...main.querySelectorAll("details[open]")].map((each) =>
    each.id ? `#${CSS.escape(each.id)}` : ".scope",
  );
  const focus = pathTo(document.activeElement);
  main.replaceChildren(...fresh.childNodes);
  for (const path of open) main.querySelector(`details${path}`)?.setAttribute("open", "");
  if (focus !== null) {
    const again = main.querySelector(focus);
    (again instanceof HTMLElement ? again : main).focus({ preventScroll: true });
  }
  main.dispatchEvent(new CustomEvent("slomix:swapped", { bubbles: true }));
}

/** A selector that finds the focused element again; null where the focus is not in the content.
 * @param {Element | null} element */
function pathTo(element) {
  if (element === null || !main.contains(element) || element === main) return null;
  if (element.id) return `#${CSS.escape(element.id)}`;
  const href = element.getAttribute("href");
  return element.localName + (href === null ? "" : `[href="${CSS.escape(href)}"]`);
}

/** Let the links around the content lead where those of the fetched page do.
 * @param {Document} page */
function follow(page) {
  const ours = around(document);
  const theirs = around(page);
  if (ours.length !== theirs.length) return;
  for (const [index, each] of ours.entries()) each.setAttribute("href", theirs[index]?.getAttribute("href") ?? "");
}

/** @param {Document} page */
function around(page) {
  return [...page.querySelectorAll(AROUND)].filter((each) => each.closest("main, [data-mine]") === null);
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link === null || !main.contains(link) || link.target || link.hasAttribute("download")) return;
  if (
    event.defaultPrevented ||
    event.button !== 0 ||
    event.ctrlKey ||
    event.metaKey ||
    event.shiftKey ||
    event.altKey
  ) {
    return;
  }
  if (!stays(new URL(link.href))) return;
  event.preventDefault();
  if (["next", "prev"].includes(link.rel)) main.scrollIntoView();
  void show(link.href, true);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !main.contains(form) || form.method !== "get" || event.defaultPrevented) {
    return;
  }
  const url = new URL(form.action);
  url.search = "";
  for (const [name, value] of new FormData(form, event.submitter)) {
    if (typeof value === "string" && value !== "") url.searchParams.append(name, value);
  }
  if (!stays(url)) return;
  event.preventDefault();
  void show(url.href, true);
});

// What was chosen in the scope holds at once; the button is for those without script.
document.addEventListener("change", (event) => {
  const form = event.target instanceof HTMLSelectElement ? event.target.form : null;
  if (form?.matches("main [data-scope]")) form.requestSubmit();
});

window.addEventListener("popstate", () => {
  if (location.search !== shown) void show(location.href, false);
});
