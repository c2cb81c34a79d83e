// What is the reader's own on a page that is the same for everybody: the menu and what they may do here are fetched, and
// only where a hint says that somebody may be logged in (with `data-back` also where the browser was here before). Blocks that are loaded late come the same way when in view.

/** Put what an address answers in the place of an element's content, or of the element where it is that one itself.
 * @param {HTMLElement} place
 * @param {string} address */
async function fill(place, address) {
  const url = new URL(address, location.href);
  url.searchParams.set("part", "main");
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  const first = fresh.firstElementChild;
  const same = first instanceof HTMLElement && first.id !== "" && first.id === place.id;
  if (same) place.replaceWith(...fresh.childNodes);
  else if (first !== null) place.replaceChildren(...fresh.childNodes);
  (same ? first : place).dispatchEvent(new CustomEvent("slomix:swapped", { bubbles: true }));
}

const late = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting || !(entry.target instanceof HTMLElement)) continue;
      late.unobserve(entry.target);
      void fill(entry.target, entry.target.dataset.later ?? "").catch(() => undefined);
    }
  },
  { rootMargin: "200px" },
);

/** Fetch what is the reader's own below an element, and what is late as soon as it is near.
 * @param {ParentNode} within */
function look(within) {
  const known = /(?:^|; )slomix_in=1/.test(document.cookie);
  const back = /(?:^|; )slomix_seen=[1-9]/.test(document.cookie);
  for (const place of within.querySelectorAll(known ? "[data-mine]" : "[data-mine][data-back]")) {
    if (!(place instanceof HTMLElement) || (!known && !back)) continue;
    void fill(place, place.dataset.mine ?? "").catch(() => undefined);
  }
  for (const place of within.querySelectorAll("[data-later]")) late.observe(place);
}

look(document);
document.addEventListener("slomix:swapped", (event) => {
  if (event.target instanceof Element) look(event.target);
});
