// A form that a command opened, as a dialog.

const PARAGRAPH = 2;

/** Show the form; `submit(values)` is called with what was filled in, by custom id. */
export function form(data, submit) {
  const dialog = document.createElement("dialog");
  const inside = document.createElement("form");
  inside.method = "dialog";
  const title = document.createElement("h2");
  title.textContent = data.title;
  const fields = data.components.flatMap((row) => row.components ?? [row.component]).filter(Boolean);
  inside.append(title, ...fields.map(field), actions(dialog));
  dialog.append(inside);
  inside.addEventListener("submit", () => submit(Object.fromEntries(new FormData(inside))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

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

function actions(dialog) {
  const line = document.createElement("div");
  line.className = "row";
  const [back, on] = ["Cancel", "Submit"].map((words) => {
    const button = document.createElement("button");
    button.textContent = words;
    return button;
  });
  back.type = "button";
  back.addEventListener("click", () => dialog.close());
  on.className = "primary";
  line.append(back, on);
  return line;
}
