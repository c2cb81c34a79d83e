export function start(element) {
  element.textContent = "now";
}
