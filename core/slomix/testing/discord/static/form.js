// A form that a command opened, as a dialog.

const PARAGRAPH = 2;

/** @import { Field, Form } from "./wire" */

/** Show the form; `submit(values)` is called with what was filled in, by custom id.
 * @param {Form} data
 * @param {(values: object) => void} submit */
export function form(data, submit) {
  const dialog = document.createElement("dialog");
  const inside = document.createElement("form");
  inside.method = "dialog";
  const title = document.createElement("h2");
  title.textContent = data.title;
  const fields = data.components.flatMap((row) => row.components ?? (row.component ? [row.component] : []));
  inside.append(title, ...fields.map(field), actions(dialog));
  dialog.append(inside);
  inside.addEventListener("submit", () => submit(Object.fromEntries(new FormData(inside))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {Field} item */
function field(item) {
  const label = document.createElement("label");
  label.textContent = item.label ?? item.custom_id;
  const input = document.createElement(item.style === PARAGRAPH ? "textarea" : "input");
  input.name = item.custom_id;
  input.required = item.required ?? true;
  input.value = item.value ?? "";
  input.placeholder = item.placeholder ?? "";
  if (item.max_length) input.maxLength = item.max_length;
  label.append(input);
  return label;
}

/** @param {HTMLDialogElement} dialog */
function actions(dialog) {
  const line = document.createElement("div");
  line.className = "row";
  const back = document.createElement("button");
  const on = document.createElement("button");
  back.textContent = "Cancel";
  on.textContent = "Submit";
  back.type = "button";
  back.addEventListener("click", () => dialog.close());
  on.className = "primary";
  line.append(back, on);
  return line;
}
