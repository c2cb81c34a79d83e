#!/usr/bin/env python3
"""Slomix agent: sends what a game server writes to Slomix. One file, Python 3.8 or newer, nothing to install.

Finished files of the watched folders go to POST /-/ingest, events of the engine's log and of the live script's log to
POST /stats/api/v1/live. What was acknowledged, where the logs were read to, and events that wait lie in a small SQLite
file, so that nothing is sent twice or forgotten when the agent, the network or the site goes away. Team chat, and
everything else that `LINES` does not list, never leaves this machine.
"""

from __future__ import annotations

import argparse
import configparser
import http.client
import json
import os
import random
import re
import signal
import sqlite3
import ssl
import stat
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Tuple
from urllib.parse import quote, urlsplit

VERSION = "1"
SCAN_S, POLL_S, FLUSH_S, TIMEOUT_S = 2.0, 0.5, 2.0, 30.0
#: A file is complete when it did not change for so long; one without a proper end only after so long.
SETTLE_S, PATIENCE_S = 1.0, 60.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
BATCH, LONGEST_QUEUE = 100, 4000
#: How much of a log is read at once, and how much may be behind before the agent goes on at the latest map.
CHUNK, FAR_BEHIND = 1 << 20, 8 << 20
#: Goes first when the queue is full: it is of no use when it is late.
TELEMETRY = ("move", "tally", "pack")

Event = Dict[str, Any]
Place = Tuple[int, int]
Take = Callable[[List[str], int], Iterator[Event]]


class Away(Exception):
    """Nothing was taken, try again: the site is away, busy, or does not know this server's token."""

    after_s = 0.0


class BadSettings(Exception):
    """The settings can not be used; the text says why."""


def say(text: str) -> None:
    """One line for the journal."""
    print(text, file=sys.stderr, flush=True)


# ---- log lines to events: pure -------------------------------------------------------------------------------------

_SLOT, _TWO = r"(?P<slot>\d+)", r"(?P<slot>\d+) (?P<other>\d+).*"
_WHAT = _SLOT + "(?: (?P<what>.*))?"
_BOTH = r"(?P<killer>\d+) (?P<victim>\d+)"
#: What is made of which line (after its level time); the named parts are the fields. Whatever is not here stays on this
#: machine: chat of a team (`sayteam:`, `saybuddy:`), private messages, addresses, GUIDs.
LINES: tuple[tuple[Any, Event], ...] = tuple(
    (re.compile(pattern), dict(fixed, type=kind))
    for kind, pattern, fixed in (
        ("kill", "Kill: " + _BOTH + r" \d+: .* by (?P<weapon>\w+)", {}),
        ("player", r"ClientUserinfoChanged: (?P<slot>\d+) (?P<info>.*)", {}),
        ("connect", "ClientConnect: " + _SLOT + ".*", {}),
        ("disconnect", "ClientDisconnect: " + _SLOT + ".*", {}),
        ("loaded", r"InitGame: (?P<info>.*)", {}),
        ("map", r"map: (?P<map>\S+)", {}),
        ("revive", "Medic_Revive: " + _TWO, {}),
        ("pack", "Health_Pack: " + _TWO, {"kind": "health"}),
        ("pack", "Ammo_Pack: " + _TWO, {"kind": "ammo"}),
        ("deed", "Dynamite_Plant: " + _WHAT, {"deed": "plant"}),
        ("deed", "Dynamite_Diffuse: " + _WHAT, {"deed": "defuse"}),
        ("deed", "Objective_Destroyed: " + _WHAT, {"deed": "destroy"}),
        ("deed", "Repair: " + _WHAT, {"deed": "repair"}),
        ("deed", "Item: " + _WHAT, {"deed": "item"}),
        ("objective", r"legacy popup: (?P<side>\w+) (?P<deed>stole|returned|planted|defused) \"(?P<what>.*)\"", {}),
        ("announce", r"legacy announce: \"(?P<text>.*)\"", {}),
        ("round_start", r"LUA event: Round starting!", {}),
        ("round_end", r"LUA event: Round ended!", {}),
        ("round_end", r"Exit: (?P<reason>.*)", {}),
        ("score", r"score: (?P<xp>-?\d{1,5})\s+ping: -?\d+\s+client: (?P<slot>\d+).*", {}),
        ("team_xp", r"axis:(?P<axis>\d{1,7})\s+allies:(?P<allies>\d{1,7})", {}),
        ("vote", r"callvote: (?P<text>.*)", {"state": "called"}),
        ("vote", r"Vote Passed: (?P<text>.*)", {"state": "passed"}),
        ("say", r"say: (?P<text>.*)", {}),
        # the live script's own lines, with their own time
        ("map", r"I (?P<at>\d+) map (?P<map>\S+)", {}),
        ("kill", r"K (?P<at>\d+) " + _BOTH + r" (?P<weapon>\S+)(?: \S+ \S+ \S+ (?P<distance>\S+))?.*", {}),
        ("tally", r"A (?P<at>\d+) (?P<slot>\d+) (?P<damage_given>\d+) (?P<damage_received>\d+).*", {}),
        ("move", r"M (?P<at>\d+) (?P<positions>.*)", {}),
    )
)
_SLOTS = ("slot", "other", "killer", "victim")
_NUMBERS = (*_SLOTS, "at", "xp", "axis", "allies", "damage_given", "damage_received")
_SIDES = {"axis": 1, "allies": 2}


def clean(text: str, longest: int = 256) -> str:
    """Text without control characters, and no longer than the site takes."""
    return "".join(char for char in text if char.isprintable())[:longest]


def event_of(line: str) -> Event | None:
    """The event of a line; None for one that is not told."""
    for pattern, fixed in LINES:
        match = pattern.fullmatch(line)
        if match is not None:
            try:
                event = _event(dict(fixed), match.groupdict())
            except (KeyError, ValueError):
                return None
            return event if all(event.get(slot, 0) < 1024 for slot in _SLOTS) else None
    return None


def _event(event: Event, parts: dict[str, str]) -> Event:
    """The event with the parts of its line. Raises `KeyError` or `ValueError` where they are not as they should be."""
    for name, text in parts.items():
        if name == "info":
            words = text.lstrip("\\").split("\\")
            info = dict(zip(words[::2], words[1::2]))
            if event["type"] == "player":
                event.update(name=clean(info["n"], 64), team=("0", "1", "2", "3").index(info["t"]))
            elif "mapname" in info:
                event["map"] = clean(info["mapname"], 64)
        elif name == "positions":
            event[name] = [[float(number) for number in re.split("[:,]", place)] for place in text.split()][:64]
        elif name == "side":
            event["team"] = _SIDES[text.lower()]
        elif text is not None and name in _NUMBERS:
            event[name] = int(text)
        elif text is not None:
            event[name] = float(text) if name == "distance" else clean(text, 64 if name in ("map", "weapon") else 256)
    return event


def engine_events(lines: list[str], written_ms: int) -> Iterator[Event]:
    """Events of the engine's lines, the last of which was written at `written_ms`: level times say how long before."""
    levels = [match for match in map(re.compile(r"\s*(\d{1,12}) (.*)").fullmatch, lines) if match]
    told, end, after = [], written_ms, None
    for match in reversed(levels):
        level, event = int(match[1]), event_of(match[2])
        if after is not None and level <= after:  # else another level begins after this line
            end -= after - level
        after = level
        if event is not None and "at" not in event:
            told.append(dict(event, level_ms=level, at=end))
    yield from reversed(told)


def script_events(lines: list[str], _: int) -> Iterator[Event]:
    """Events of the live script's lines."""
    return (event for event in map(event_of, lines) if event is not None and "at" in event)


# ---- what is kept on disk, and the site ----------------------------------------------------------------------------


class Spool:
    """Files that were acknowledged, places in logs, events that wait. One per thread; every change is one commit."""

    DROP = "delete from event where n in (select n from event order by telemetry desc, n limit ?)"

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(str(folder / "agent.sqlite"), timeout=30)
        self._db.executescript("""
            pragma journal_mode = wal;
            create table if not exists sent (path blob primary key, size integer, mtime_ns integer);
            create table if not exists place (log text primary key, inode integer, offset integer);
            create table if not exists event (n integer primary key autoincrement, telemetry integer, body text);
            create table if not exists about (one integer primary key, sender text);
        """)
        self._change("insert or ignore into about values (1, ?)", uuid.uuid4().hex)
        self.sender: str = self._row("select sender from about")[0]

    def _row(self, query: str, *values: Any) -> Any:
        return self._db.execute(query, values).fetchone()

    def _change(self, query: str, *values: Any) -> None:
        with self._db:
            self._db.execute(query, values)

    def is_sent(self, path: Path, look: os.stat_result) -> bool:
        row = self._row("select size, mtime_ns from sent where path = ?", os.fsencode(path))
        return bool(row == (look.st_size, look.st_mtime_ns))

    def mark_sent(self, path: Path, look: os.stat_result) -> None:
        self._change("replace into sent values (?, ?, ?)", os.fsencode(path), look.st_size, look.st_mtime_ns)

    def place(self, log: Path) -> Place | None:
        row: Place | None = self._row("select inode, offset from place where log = ?", str(log))
        return row

    def queue(self, log: Path, place: Place, events: list[Event]) -> int:
        """Put events in the queue and remember how far the log was read; answers how many had to go for them."""
        with self._db:
            self._db.execute("replace into place values (?, ?, ?)", (str(log), *place))
            rows = [(event["type"] in TELEMETRY, json.dumps(event)) for event in events]
            self._db.executemany("insert into event (telemetry, body) values (?, ?)", rows)
            over = max(0, int(self._row("select count(*) from event")[0]) - LONGEST_QUEUE)
            self._db.execute(self.DROP, (over,))
        return over

    def batch(self) -> list[Event]:
        rows = self._db.execute("select n, body from event order by n limit ?", (BATCH,)).fetchall()
        return [dict(json.loads(body), n=n) for n, body in rows]

    def done(self, last: int) -> None:
        self._change("delete from event where n <= ?", last)


class Site:
    """The site. TLS certificates are always verified, redirects never followed."""

    def __init__(self, settings: Settings) -> None:
        url = urlsplit(settings.url)
        self._base = url.path.rstrip("/")
        self._headers = {"Authorization": "Bearer " + settings.token, "User-Agent": "slomix-agent/" + VERSION}
        self._web = http.client.HTTPConnection(url.netloc, timeout=TIMEOUT_S)
        if url.scheme == "https":
            context = ssl.create_default_context(cafile=settings.ca_file or None)
            self._web = http.client.HTTPSConnection(url.netloc, timeout=TIMEOUT_S, context=context)

    def post(self, path: str, body: bytes) -> tuple[str, Any]:
        """Why it was refused (400 or 413), empty when it was not, and the answer. Raises `Away` for all else."""
        headers = dict(self._headers, **{"Content-Type": "application/octet-stream"})
        for fresh in (self._web.sock is None, True):
            try:
                self._web.request("POST", self._base + path, body, headers)
                answer = self._web.getresponse()
                text = answer.read()
                break
            except (OSError, http.client.HTTPException) as error:
                self._web.close()  # an idle connection may have been closed there: once more, on a new one
                if fresh:
                    raise Away(f"the site can not be reached: {error or type(error).__name__}") from error
        try:
            said = json.loads(text)
            sentence = "" if answer.status == 200 else clean(str(said["detail"]))
        except (ValueError, KeyError, TypeError):
            said, sentence = {}, "it is no Slomix that answers there"
        if answer.status in (400, 413) or (answer.status == 200 and not sentence):
            return sentence, said
        away = Away(f"the site answers {answer.status}: {sentence}")
        wait = answer.headers.get("Retry-After", "")
        away.after_s = LONGEST_PAUSE_S if answer.status == 401 else float(wait) if wait.isdigit() else 0.0
        raise away


# ---- work ----------------------------------------------------------------------------------------------------------


class Agent:
    """The work of one thread, with a spool and a site of its own, and one line in the journal for each trouble."""

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        self.settings, self.stop = settings, stop
        self.spool, self.site = Spool(settings.spool), Site(settings)
        self._trouble, self._pause, self._flushed = "", 0.0, -FLUSH_S
        self._seen: dict[Path, tuple[Place, float]] = {}

    def run(self, work: Callable[[Agent], int], every_s: float) -> None:
        """Do the work again and again; where the site is away, after pauses that grow."""
        while not self.stop.is_set():
            wait = every_s
            try:
                work(self)
            except Away as away:
                self._pause = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, self._pause * 2))
                wait = max(self._pause * random.uniform(0.8, 1.2), away.after_s)
                self._tell(str(away))
            self.stop.wait(wait)

    def _tell(self, trouble: str) -> None:
        """Say it once; an empty one is the end of the last: the site takes what it is sent."""
        if trouble != self._trouble:
            say(trouble or "all is well again")
        self._trouble = trouble
        self._pause = self._pause if trouble else 0.0

    def files(self) -> int:
        """Send finished files, in the order of their names; how many are not finished. Raises `Away`."""
        waiting = 0
        for path, look in sorted(self._new(), key=lambda each: (each[0].name, each[0])):
            waiting += not self.stop.is_set() and not self._send(path, look)
        return waiting

    def _new(self) -> Iterator[tuple[Path, os.stat_result]]:
        folders = [(where, names) for folder in self.settings.folders for where, _, names in os.walk(folder)]
        for path in (Path(where, name) for where, names in folders for name in names):
            if path.name.startswith(".") or path.name.lower().endswith((".tmp", ".part", "_ws.txt")):
                continue
            try:
                look = path.lstat()
            except OSError:
                continue
            if stat.S_ISREG(look.st_mode) and not self.spool.is_sent(path, look):
                yield path, look

    def _send(self, path: Path, look: os.stat_result) -> bool:
        """Whether the file is done with; one that may still be written stays."""
        stamp, now = (look.st_size, look.st_mtime_ns), time.monotonic()
        known, since = self._seen.setdefault(path, (stamp, now))
        if known != stamp:
            self._seen[path] = (stamp, now)
        if known != stamp or now - since < SETTLE_S:
            return False
        try:
            data, after = path.read_bytes(), path.lstat()
        except OSError as error:
            self._tell(f"{path} can not be read: {error.strerror}")
            return False
        ended = path.suffix.lower() not in (".txt", ".json") or data.endswith((b"\n", b"}")) or now - since > PATIENCE_S
        if (after.st_size, after.st_mtime_ns) != stamp or len(data) != look.st_size or not ended:
            return False
        refused, said = self.site.post("/-/ingest?name=" + quote(os.fsencode(path.name), safe=""), data)
        say(f"{path.name}: {refused or said['files'][0]['outcome']}")
        self.spool.mark_sent(path, look)
        del self._seen[path]
        self._tell("")
        return True

    def events(self) -> int:
        """Read the logs into the queue and, now and then, send the queue. Raises `Away`."""
        for log, take in self.settings.logs:
            while self._read(log, take) and not self.stop.is_set():
                pass
        while time.monotonic() - self._flushed >= FLUSH_S and not self.stop.is_set():
            events = self.spool.batch()
            if not events:
                self._flushed = time.monotonic()
                break
            body = {"sender": self.spool.sender, "sent": int(time.time() * 1000), "events": events}
            refused, _ = self.site.post("/stats/api/v1/live", json.dumps(body).encode())
            if refused:
                say(f"{len(events)} events were refused, a newer agent may help: {refused}")
            self.spool.done(events[-1]["n"])
            self._tell("")
        return 0

    def _read(self, log: Path, take: Take) -> bool:
        """Take one part of a log; whether there may be more."""
        try:
            with log.open("rb") as file:
                look, place = os.fstat(file.fileno()), self.spool.place(log)
                offset = place[1] if place and place[0] == look.st_ino and place[1] <= look.st_size else 0
                if place is None or look.st_size - offset > FAR_BEHIND:
                    offset = _latest_level(file, look.st_size)
                file.seek(offset)
                data = file.read(CHUNK)
        except OSError as error:
            self._tell(f"{log} can not be read: {error.strerror}")
            return False
        end = data.rfind(b"\n") + 1 or (len(data) if len(data) == CHUNK else 0)
        if (look.st_ino, offset + end) != place:
            events = take([_text(line) for line in data[:end].splitlines()], int(look.st_mtime * 1000))
            chat = self.settings.public_chat
            told = [event for event in events if chat or event["type"] != "say"]
            lost = self.spool.queue(log, (look.st_ino, offset + end), told)
            if lost:
                say(f"the queue is full: {lost} events were dropped, places and sums first")
        return len(data) == CHUNK


def _latest_level(file: Any, size: int) -> int:
    """Where the latest map begins in a log that was not read yet; its end where none does."""
    start = max(0, size - CHUNK)
    file.seek(start)
    data = file.read(CHUNK)
    found = data.rfind(b" InitGame:")
    return int(start + data.rfind(b"\n", 0, found if found >= 0 else len(data)) + 1)


def _text(line: bytes) -> str:
    """UTF-8, or else Latin-1."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


class Settings:
    """The settings file; the token comes from the variable SLOMIX_AGENT_TOKEN, or from the file `token_file`."""

    KEYS = ("url", "token_file", "spool", "ca_file", "gamestats", "gametimes", "telemetry", "engine_log", "script_log",
            "public_chat")  # fmt: skip

    def __init__(self, path: Path) -> None:
        """Raises `BadSettings`."""
        ini = configparser.ConfigParser(interpolation=None)
        try:
            ini.read_string(path.read_text("utf-8"))
            given = dict(ini["agent"])
            self.public_chat = ini.getboolean("agent", "public_chat", fallback=True)
        except (OSError, ValueError, KeyError, configparser.Error) as error:
            raise BadSettings(f"{path} can not be read: {error}") from error
        for key in given:
            if key not in self.KEYS:
                raise BadSettings(f"{path}: there is no setting {key}; there are {', '.join(self.KEYS)}")
        self.url, self.ca_file = given.get("url", ""), given.get("ca_file", "")
        where = urlsplit(self.url)
        if where.scheme not in ("https", "http") or not where.hostname:
            raise BadSettings(f"{path}: url is the site's address, such as https://stats.example.org")
        if where.scheme == "http" and where.hostname not in ("localhost", "127.0.0.1", "::1"):
            raise BadSettings(f"{path}: url must begin with https, or the token could be read on its way")
        self.spool = Path(given.get("spool") or "/var/lib/slomix-agent")
        self.folders = [Path(given[key]) for key in ("gamestats", "gametimes", "telemetry") if given.get(key)]
        logs: tuple[tuple[str, Take], ...] = (("engine_log", engine_events), ("script_log", script_events))
        self.logs = [(Path(given[key]), take) for key, take in logs if given.get(key)]
        self.token = os.environ.get("SLOMIX_AGENT_TOKEN", "")
        try:
            self.token = self.token or Path(given.get("token_file", "")).read_text("ascii").strip()
        except (OSError, ValueError) as error:
            raise BadSettings(f"no token in SLOMIX_AGENT_TOKEN, and token_file can not be read: {error}") from error
        if not re.fullmatch(r"[\x21-\x7e]+", self.token):
            raise BadSettings("the token is one word, as `slomix servers token NAME` printed it")


# ---- the command ---------------------------------------------------------------------------------------------------


def check(settings: Settings) -> int:
    """Look at everything that is needed, and say what is not there."""
    problems = [f"{folder} is no folder that can be read" for folder in settings.folders if not os.access(folder, 5)]
    problems += [f"{log} can not be read (yet)" for log, _ in settings.logs if not os.access(log, os.R_OK)]
    try:
        Spool(settings.spool)
        Site(settings).post("/-/ingest", b"")  # without a name it is refused, after the token was looked at
    except (OSError, sqlite3.Error) as error:
        problems.append(f"{settings.spool} can not be written: {error}")
    except Away as away:
        problems.append(str(away))
    for problem in problems:
        say(problem)
    say("something is missing" if problems else "all is well: folders, logs, spool, site and token")
    return 1 if problems else 0


def once(settings: Settings, stop: threading.Event) -> int:
    """Send what is there, then end; 1 when the site did not take it."""
    agent = Agent(settings, stop)
    try:
        while agent.files() and not stop.wait(SETTLE_S):
            pass
        agent.events()
    except Away as away:
        say(str(away))
        return 1
    return 0


def run(settings: Settings, stop: threading.Event) -> int:
    """Until a signal, or until a thread fails: whoever started the agent starts it again."""

    def thread(work: Callable[[Agent], int], every_s: float) -> None:
        try:
            Agent(settings, stop).run(work, every_s)
        finally:
            stop.set()

    asked: list[int] = []  # a handler must not touch the event: it may interrupt the wait below with its lock held
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.append(1))
    say(f"slomix-agent {VERSION} sends to {settings.url}")
    for each in ((Agent.files, SCAN_S), (Agent.events, POLL_S)):
        threading.Thread(target=thread, args=each, daemon=True).start()
    while not asked and not stop.wait(0.5):
        pass
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Sends what a game server writes to Slomix.")
    parser.add_argument("--config", type=Path, default=Path("/etc/slomix-agent.ini"), help="the settings file")
    parser.add_argument("--once", action="store_true", help="send what is there, then end")
    parser.add_argument("--check", action="store_true", help="look at settings, folders, site and token, then end")
    parser.add_argument("--version", action="version", version=VERSION)
    given = parser.parse_args()
    stop = threading.Event()
    try:
        settings = Settings(given.config)
    except BadSettings as error:
        say(str(error))
        return 2
    return check(settings) if given.check else once(settings, stop) if given.once else run(settings, stop)


if __name__ == "__main__":
    sys.exit(main())
