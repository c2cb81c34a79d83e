// Listens to a channel: by a stream, or by polls where a stream is refused or cut for good; not at all while the tab is
// hidden. Both give the same: a state first (or what follows on a number), then changes.

/** @typedef {(event: string, data: any) => void} Hear */

/** Milliseconds between two polls, and before the first after the stream broke. */
const POLL = 3000;

/** One channel, from number `last` on. `lost` is told when the line breaks, and when it is back. */
export class Stream {
  /** @param {string} address @param {number} last @param {Hear} hear @param {(lost: boolean) => void} lost */
  constructor(address, last, hear, lost) {
    this.address = address;
    this.last = last;
    this.hear = hear;
    this.lost = lost;
    /** @type {EventSource | null} */
    this.source = null;
    this.timer = 0;
    this.ended = false;
    this.changed = () => (document.visibilityState === "hidden" ? this.close() : this.open());
    document.addEventListener("visibilitychange", this.changed);
    window.addEventListener("pagehide", this.changed);
  }

  open() {
    if (this.ended || this.source !== null || document.visibilityState === "hidden") return;
    window.clearTimeout(this.timer);
    const source = (this.source = new EventSource(`${this.address}?after=${this.last}`));
    for (const name of ["snapshot", "changes"]) {
      source.addEventListener(name, (event) => {
        this.last = Number(event.lastEventId) || this.last;
        this.hear(name, JSON.parse(event.data));
      });
    }
    source.addEventListener("open", () => this.lost(false));
    source.addEventListener("error", () => {
      this.lost(true);
      if (source.readyState !== EventSource.CLOSED) return;
      this.timer = window.setTimeout(() => this.poll(), POLL);
    });
  }

  async poll() {
    if (this.ended || document.visibilityState === "hidden") return;
    try {
      const answer = await fetch(`${this.address}?after=${this.last}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      if (told.snapshot) this.hear("snapshot", told.snapshot);
      for (const each of told.events) this.hear(each.event, each.data);
      this.last = told.last;
      this.lost(false);
    } catch {
      this.lost(true);
    }
    this.timer = window.setTimeout(() => this.poll(), POLL);
  }

  close() {
    this.source?.close();
    this.source = null;
    window.clearTimeout(this.timer);
  }

  end() {
    this.ended = true;
    this.close();
    document.removeEventListener("visibilitychange", this.changed);
    window.removeEventListener("pagehide", this.changed);
  }
}
