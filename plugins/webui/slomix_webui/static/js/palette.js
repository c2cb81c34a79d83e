// The search palette: `/` or Ctrl+K opens it, arrows choose, Enter opens. Without script the field leads to /search.

/** @typedef {{ title: string, address: string, detail: string }} Found */
/** @typedef {{ kind: string, title: string, found: Found[] }} Group */

const PAUSE = 120;
const palette = document.getElementById("palette");
const results = document.getElementById("palette-results");
const field = document.getElementById("palette-q");

let timer = 0;
/** @type {AbortController | null} */
let asking = null;
let chosen = -1;

/** @returns {HTMLAnchorElement[]} */
function links() {
  return results === null ? [] : [...results.querySelectorAll("a")];
}

/** @param {number} index */
function choose(index) {
  const all = links();
  chosen = all.length === 0 ? -1 : (index + all.length) % all.length;
  for (const [place, link] of all.entries()) link.classList.toggle("chosen", place === chosen);
  const now = all[chosen];
  if (now !== undefined) now.scrollIntoView({ block: "nearest" });
  field?.setAttribute("aria-activedescendant", now?.id ?? "");
}

/** @param {Group[]} groups */
function show(groups) {
  if (results === null) return;
  let number = 0;
  const parts = groups.flatMap((group) => {
    const heading = document.createElement("h3");
    heading.textContent = group.title;
    const list = document.createElement("ul");
    for (const each of group.found) {
      const link = document.createElement("a");
      link.href = each.address;
      link.id = `hit-${number++}`;
      const title = document.createElement("span");
      title.textContent = each.title;
      const detail = document.createElement("span");
      detail.className = "quiet";
      detail.textContent = each.detail;
      link.append(title, detail);
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    return [heading, list];
  });
  results.replaceChildren(...parts);
  choose(0);
}

async function ask() {
  const text = field instanceof HTMLInputElement ? field.value.trim() : "";
  asking?.abort();
  asking = new AbortController();
  if (text === "") {
    show([]);
    return;
  }
  try {
    const answer = await fetch(`/search.json?q=${encodeURIComponent(text)}`, { signal: asking.signal });
    if (answer.ok) show((await answer.json()).groups);
  } catch {
    // a newer question took its place, or the line is down: the form still leads to the page
  }
}

/** Whether a key is meant for a field of the page.
 * @param {EventTarget | null} target */
function typing(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

if (palette instanceof HTMLDialogElement && field instanceof HTMLInputElement) {
  document.addEventListener("keydown", (event) => {
    const slash = event.key === "/" && !typing(event.target);
    const command = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    if ((!slash && !command) || palette.open) return;
    event.preventDefault();
    palette.showModal();
    field.select();
  });
  field.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Escape") {
      event.preventDefault(); // else the browser empties the field first, and closes at the second one
      palette.close();
      field.blur(); // where nothing had the focus before, it would stay here until the next frame
    } else if (event.key === "Enter" && links()[chosen] !== undefined) {
      event.preventDefault();
      links()[chosen]?.click();
    }
  });
}
