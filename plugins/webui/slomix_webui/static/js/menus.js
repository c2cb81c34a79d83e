// Menus are <details>, so they open without script. With it they close as menus do: by Escape, which gives the focus
// back to what opened them, by a click elsewhere, and when the focus goes on.

const OPEN = "details.menu-box[open]";

/** @param {(menu: Element) => boolean} stays */
function close(stays) {
  for (const menu of document.querySelectorAll(OPEN)) if (!stays(menu)) menu.removeAttribute("open");
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  const menu = event.target instanceof Element ? event.target.closest(OPEN) : null;
  close(() => false);
  menu?.querySelector("summary")?.focus();
});

for (const what of ["click", "focusin"]) {
  document.addEventListener(what, (event) => {
    const target = event.target;
    if (target instanceof Node) close((menu) => menu.contains(target));
  });
}
