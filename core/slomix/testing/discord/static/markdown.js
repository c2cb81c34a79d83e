// Discord's markdown as elements. Text becomes text nodes only, so nothing that was written can be markup.

const INLINE = new RegExp(
  [
    String.raw`\\([*_~\`|<>:@\\[\]()#-])`, // 1 an escaped sign
    "`([^`\\n]+)`", // 2 code
    String.raw`\*\*(.+?)\*\*`, // 3 bold
    String.raw`\*([^*\n]+)\*`, // 4 italics
    String.raw`\[([^\]\n]+)\]\((https?:\/\/[^)\s]+)\)`, // 5, 6 a link with words
    String.raw`<t:(\d+)(?::(\w))?>`, // 7, 8 a time
    String.raw`(https?:\/\/[^\s<>]+)`, // 9 a bare link
  ].join("|"),
  "g",
);

/** How Discord writes a time, by its style.
 * @type {Record<string, Intl.DateTimeFormatOptions>} */
const TIMES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

/** Append `text` to `parent`: code blocks as `pre`, the rest as paragraphs.
 * @param {HTMLElement} parent
 * @param {string} text */
export function write(parent, text) {
  text.split(/```(?:[a-z]*\n)?([\s\S]*?)```/).forEach((piece, index) => {
    if (index % 2) {
      const block = document.createElement("pre");
      block.textContent = piece.replace(/\n$/, "");
      block.tabIndex = 0; // a wide table is scrolled with the keyboard too
      parent.append(block);
    } else if (piece.trim()) {
      const paragraph = document.createElement("p");
      inline(paragraph, piece.trim());
      parent.append(paragraph);
    }
  });
}

/** Append one run of text without blocks.
 * @param {HTMLElement} parent
 * @param {string} text */
export function inline(parent, text) {
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    parent.append(text.slice(at, match.index));
    parent.append(element(match));
    at = match.index + match[0].length;
  }
  parent.append(text.slice(at));
}

/** @param {RegExpMatchArray} match
 * @returns {string | Node} */
function element(match) {
  const [all = "", escaped, code, bold, italics, words, address, seconds, style, bare] = match;
  if (escaped !== undefined) return escaped;
  if (code !== undefined) return wrap("code", code, false);
  if (bold !== undefined) return wrap("strong", bold);
  if (italics !== undefined) return wrap("em", italics);
  if (words !== undefined) return link(address ?? "", words);
  if (seconds !== undefined) return time(Number(seconds), style);
  return bare === undefined ? all : link(bare, bare);
}

/** @param {string} name @param {string} text */
function wrap(name, text, nested = true) {
  const made = document.createElement(name);
  if (nested) inline(made, text);
  else made.textContent = text;
  return made;
}

/** A link to a page; addresses of any other kind stay words.
 * @param {string} address
 * @param {string} words */
export function link(address, words) {
  if (!/^https?:\/\//.test(address)) return words;
  const made = document.createElement("a");
  made.href = address;
  made.target = "_blank";
  made.rel = "noopener noreferrer";
  inline(made, words.startsWith("http") ? words.replace(/^https?:\/\//, "") : words);
  return made;
}

/** @param {number} seconds @param {string} [style] */
function time(seconds, style) {
  const made = document.createElement("time");
  const at = new Date(seconds * 1000);
  made.dateTime = at.toISOString();
  made.title = at.toLocaleString();
  made.textContent = style === "R" ? ago(at) : at.toLocaleString([], TIMES[style ?? "f"] ?? TIMES.f);
  return made;
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

/** @param {Date} at */
function ago(at) {
  const seconds = (at.getTime() - Date.now()) / 1000;
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return format.format(Math.round(seconds / length), unit);
  }
  return format.format(Math.round(seconds), "second");
}
