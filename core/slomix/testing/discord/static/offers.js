// The list of suggestions above the composer: a listbox that the arrow keys move in while the caret stays where it is.

/** @import { Offered } from "./wire" */

/** `offer(input, items)` shows items {title, detail, choose}; `key(event)` handles a key, true where it was used.
 * @param {HTMLElement} list */
export function suggestions(list) {
  /** @type {Offered[]} */
  let items = [];
  let at = 0;
  /** @type {HTMLElement | null} */
  let owner = null;

  function close() {
    list.hidden = true;
    items = [];
    owner?.setAttribute("aria-expanded", "false");
    owner?.removeAttribute("aria-activedescendant");
  }

  /** @param {number} index */
  function mark(index) {
    at = (index + items.length) % items.length;
    [...list.children].forEach((row, number) => row.setAttribute("aria-selected", String(number === at)));
    const row = list.children[at];
    row?.scrollIntoView({ block: "nearest" });
    owner?.setAttribute("aria-activedescendant", row?.id ?? "");
  }

  /** @param {Offered} item @param {number} index */
  function row(item, index) {
    const made = document.createElement("li");
    made.id = `offer-${index}`;
    made.setAttribute("role", "option");
    const title = document.createElement("b");
    title.textContent = item.title;
    const detail = document.createElement("span");
    detail.textContent = item.detail ?? "";
    made.append(title, detail);
    made.addEventListener("pointerdown", (event) => event.preventDefault()); // the caret stays
    made.addEventListener("click", () => choose(index));
    return made;
  }

  /** @param {number} index */
  function choose(index) {
    const item = items[index];
    close();
    item?.choose();
  }

  /** @param {HTMLElement} input @param {Offered[]} found */
  function offer(input, found) {
    close();
    owner = input;
    items = found;
    list.replaceChildren(...items.map(row));
    list.hidden = items.length === 0;
    input.setAttribute("aria-expanded", String(items.length > 0));
    if (items.length) mark(0);
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (list.hidden) return false;
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) choose(at);
    else return false;
    event.preventDefault();
    return true;
  }

  return { offer, close, key };
}
