// One message of the channel as elements.

import { inline, link, write } from "./markdown.js";

/** @import { Embed, Message, Press, Row } from "./wire" */

/** @type {Record<number, string>} */
const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger" };

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {string} [className]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[K]}
 */
function make(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A list item; `press(id)` is called for a button, `dismiss()` for a message that only the reader sees.
 * @param {Message} message
 * @param {Press} press
 * @param {() => void} dismiss */
export function show(message, press, dismiss) {
  const item = make("li", "message");
  item.id = `m${message.id}`;
  item.classList.toggle("app", message.author.bot);
  item.classList.toggle("ephemeral", message.ephemeral);
  item.classList.toggle("used", Boolean(message.used));
  if (message.used) item.append(use(message));
  const avatar = make("span", "avatar", message.author.username.slice(0, 1).toUpperCase());
  avatar.setAttribute("aria-hidden", "true");
  item.append(avatar, head(message), body(message, press, dismiss));
  return item;
}

/** @param {Message} message */
function use(message) {
  const line = make("p", "use", "you used ");
  line.append(make("code", "", `/${message.used}`));
  return line;
}

/** @param {Message} message */
function head(message) {
  const line = make("p", "head");
  line.append(make("b", "", message.author.username));
  if (message.author.bot) line.append(make("span", "tag", "APP"));
  const at = make(
    "time",
    "",
    new Date(message.timestamp).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }),
  );
  at.dateTime = message.timestamp;
  line.append(at);
  if (message.edits && !message.used) line.append(make("span", "edited", "(edited)"));
  return line;
}

/** @param {Message} message @param {Press} press @param {() => void} dismiss */
function body(message, press, dismiss) {
  const part = make("div", "body");
  if (message.thinking) part.append(make("p", "thinking", `${message.author.username} is thinking`));
  write(part, message.content);
  part.append(...message.embeds.map(embed));
  const shown = message.embeds.map((each) => each.image?.url);
  const others = message.attachments.filter((file) => !shown.includes(file.url));
  part.append(...others.map((file) => make("p", "", `📎 ${file.filename}`)));
  part.append(...message.components.map((row) => buttons(row, press)));
  if (message.ephemeral) part.append(only(dismiss));
  return part;
}

/** @param {Embed} data */
function embed(data) {
  const box = make("article", "embed");
  if (data.color) box.style.borderLeftColor = `#${data.color.toString(16).padStart(6, "0")}`;
  if (data.title) {
    const title = make("h2");
    if (data.url) title.append(link(data.url, data.title));
    else inline(title, data.title);
    box.append(title);
  }
  box.append(text(data.description));
  for (const field of data.fields ?? []) box.append(make("h3", "", field.name), text(field.value));
  if (data.image?.url) box.append(picture(data.image.url, data.title));
  if (data.footer?.text) box.append(make("footer", "", data.footer.text));
  return box;
}

/** @param {string} address @param {string} [title] */
function picture(address, title) {
  const made = document.createElement("img");
  made.src = address;
  made.alt = title ?? "";
  return made;
}

/** @param {string} [words] */
function text(words) {
  const part = make("div", "body-text");
  write(part, words ?? "");
  return part;
}

/** @param {Row} row @param {Press} press */
function buttons(row, press) {
  const line = make("div", "row");
  for (const item of row.components ?? []) {
    if (item.type !== 2) continue;
    if (item.url) {
      line.append(link(item.url, item.label ?? item.url));
      continue;
    }
    const button = make("button", STYLES[item.style] ?? "secondary", item.label || item.emoji?.name || "…");
    button.type = "button";
    button.disabled = Boolean(item.disabled);
    button.addEventListener("click", () => press(item.custom_id));
    line.append(button);
  }
  return line;
}

/** @param {() => void} dismiss */
function only(dismiss) {
  const line = make("p", "only", "Only you can see this · ");
  const button = make("button", "", "Dismiss message");
  button.type = "button";
  button.addEventListener("click", dismiss);
  line.append(button);
  return line;
}
