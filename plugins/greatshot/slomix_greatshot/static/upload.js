// Sends demos one after the other with a bar for each, then waits until they were read and says what was found.
// Without this script the form sends them all at once.

/** @typedef {{ most: number, endings: string[], address: string, words: Record<string, string> }} Given */
/** @typedef {{ demo_id: string, known: boolean, address: string }} Sent */

/** How often a demo that is being read is looked at (ms), and for how long. */
const LOOK = 200;
const PATIENCE = 60_000;
const READ = ["ready", "partial", "failed"];

/** @param {HTMLElement} element @param {Given} given */
export default function start(element, given) {
  const form = /** @type {HTMLFormElement} */ (element.querySelector("form"));
  const input = /** @type {HTMLInputElement} */ (element.querySelector("input[type=file]"));
  const list = /** @type {HTMLElement} */ (element.querySelector(".gs-files"));
  const stop = new AbortController();
  const { signal } = stop;
  /** @type {Promise<void>} */
  let queue = Promise.resolve();

  /** @param {Iterable<File>} files */
  function take(files) {
    for (const file of files) {
      const line = new Line(list, file.name, given.words);
      const wrong = refusal(file, given);
      if (wrong) line.fail(wrong);
      else queue = queue.then(() => deliver(file, line, given, signal));
    }
  }

  form.addEventListener(
    "submit",
    (event) => {
      event.preventDefault();
      take(input.files ?? []);
      form.reset();
    },
    { signal },
  );
  for (const kind of ["dragenter", "dragover"]) {
    element.addEventListener(
      kind,
      (event) => {
        event.preventDefault();
        element.classList.add("over");
      },
      { signal },
    );
  }
  element.addEventListener("dragleave", () => element.classList.remove("over"), { signal });
  element.addEventListener(
    "drop",
    (event) => {
      event.preventDefault();
      element.classList.remove("over");
      take(event.dataTransfer?.files ?? []);
    },
    { signal },
  );
  return () => stop.abort();
}

/** Why a file is not even sent; empty where it may be.
 * @param {File} file @param {Given} given */
function refusal(file, given) {
  const name = file.name.toLowerCase();
  if (!given.endings.some((ending) => name.endsWith(ending))) return given.words.kind;
  return file.size > given.most ? given.words.large : "";
}

/** One file in the list: its name, a bar, and what is going on. */
class Line {
  /** @param {HTMLElement} list @param {string} name @param {Record<string, string>} words */
  constructor(list, name, words) {
    this.words = words;
    this.item = document.createElement("li");
    this.name = document.createElement("b");
    this.name.textContent = name;
    this.bar = document.createElement("progress");
    this.bar.max = 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", name);
    this.told = document.createElement("span");
    this.item.append(this.name, " ", this.bar, " ", this.told);
    list.append(this.item);
    this.say(words.waits);
  }

  /** @param {string | undefined} text */
  say(text) {
    this.told.textContent = text ?? "";
  }

  /** @param {string | undefined} text */
  fail(text) {
    this.bar.remove();
    this.say(text);
    this.told.className = "down";
  }

  /** @param {Sent} sent @param {string} text */
  done(sent, text) {
    this.bar.remove();
    const link = document.createElement("a");
    link.href = sent.address;
    link.textContent = this.name.textContent;
    this.name.replaceChildren(link);
    this.say(text);
  }
}

/** @param {File} file @param {Line} line @param {Given} given @param {AbortSignal} signal */
async function deliver(file, line, given, signal) {
  try {
    line.say(given.words.sends);
    const sent = await send(file, line, given, signal);
    line.say(sent.known ? given.words.known : given.words.reads);
    line.done(sent, await found(sent, line, given, signal));
  } catch (error) {
    line.fail(error instanceof Error ? error.message : String(error));
  }
}

/** XMLHttpRequest, as fetch does not tell how much was sent.
 * @param {File} file @param {Line} line @param {Given} given @param {AbortSignal} signal
 * @returns {Promise<Sent>} */
function send(file, line, given, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${given.address}?name=${encodeURIComponent(file.name)}`);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) line.bar.value = event.loaded / event.total;
    };
    request.onload = () => {
      if (request.status === 200) resolve(request.response);
      else reject(new Error(request.response?.detail ?? `${request.status}`));
    };
    request.onerror = () => reject(new Error(given.words.lost));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

/** What was found in a demo, in words, once it was read.
 * @param {Sent} sent @param {Line} line @param {Given} given @param {AbortSignal} signal */
async function found(sent, line, given, signal) {
  line.bar.removeAttribute("value");
  const until = performance.now() + PATIENCE;
  while (performance.now() < until) {
    const answer = await fetch(`${sent.address}.json`, { signal });
    if (answer.ok) {
      /** @type {{ demo: { state: string, highlights: number, reason: string | null } }} */
      const { demo } = await answer.json();
      if (demo.state === "failed") throw new Error(demo.reason ?? demo.state);
      if (READ.includes(demo.state)) return told(demo.highlights, given.words);
    }
    await new Promise((resume) => setTimeout(resume, LOOK));
  }
  return given.words.late ?? "";
}

/** @param {number} count @param {Record<string, string>} words */
function told(count, words) {
  if (count === 0) return words.none ?? "";
  return count === 1 ? (words.one ?? "") : (words.many ?? "").replace("{count}", String(count));
}
