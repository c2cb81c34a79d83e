"""Whether each link of the chain holds, from game server to page, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from slomix.web.chain import Chain, Files, LastRound
    from slomix_stats.api import LiveServer, ServerStatus

State = Literal["ok", "look", "broken", "off"]

#: A job that is due is begun within seconds.
WAITS = timedelta(minutes=5)
#: A round with so many people takes less, so a file should have come.
SILENT = timedelta(minutes=75)
ENOUGH_PEOPLE = 4
#: A file comes within seconds of the end of its round; a slow machine is given this.
LATE = timedelta(minutes=3)
#: A match without its second round is news for a day.
NEWS = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link: how it is, in words, since when or when last, and what to do. `address` has more."""

    key: str
    label: str
    state: State
    words: str
    at: datetime | None = None
    next_step: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the game servers say: those that are asked, and those whose live events arrive. None: nobody looks."""

    asked: Sequence[ServerStatus] | None = None
    live: Sequence[LiveServer] = ()


def links(chain: Chain, heard: Heard, text: Callable[..., str]) -> tuple[Link, ...]:
    """Every link, in the order in which a round passes them."""
    files = chain.files
    if files is None:
        away = Link(
            key="database",
            label=text("Database"),
            state="broken",
            words=text("It does not answer. What is new is read as soon as it does."),
            next_step="slomix doctor",
        )
        return (away, *_people(chain, text), _plugins(chain, text))
    return (
        _servers(heard, text),
        _live(heard, text),
        _arriving(chain, files, heard, text),
        *_sources(files, text),
        _rounds(chain, files, text),
        *_lost(chain, files, heard, text),
        _refused(files, text),
        Link(key="database", label=text("Database"), state="ok", words=text("It answers.")),
        _jobs(chain, files, text),
        _news(chain, text),
        *_people(chain, text),
        _plugins(chain, text),
    )


def verdict(found: Sequence[Link], text: Callable[..., str]) -> tuple[State, str]:
    """The one sentence about all of them."""
    broken = [each.label for each in found if each.state == "broken"]
    if broken:
        return "broken", text("Something is broken: {links}.", links=", ".join(broken))
    look = [each.label for each in found if each.state == "look"]
    if look:
        return "look", text("It runs, and something wants a look: {links}.", links=", ".join(look))
    return "ok", text("The whole chain runs.")


def _servers(heard: Heard, text: Callable[..., str]) -> Link:
    label, asked = text("Game servers"), heard.asked
    if not asked:
        words = text("No server is asked how it is, as no address of one is known.")
        return Link(key="servers", label=label, state="off", words=words)
    silent = [each.server for each in asked if not each.online]
    at = max((each.answered_at for each in asked if each.answered_at is not None), default=None)
    if silent:
        words = text("No answer from {servers}. They may be off between nights.", servers=", ".join(silent))
        return Link(key="servers", label=label, state="look", words=words, at=at)
    people = sum(each.humans for each in asked)
    words = text("{servers} answer; {people} people are on.", servers=len(asked), people=people)
    return Link(key="servers", label=label, state="ok", words=words, at=at)


def _live(heard: Heard, text: Callable[..., str]) -> Link:
    label = text("Live events")
    if not heard.live:
        words = text("No agent told of anything in the last ten minutes. That is right while nobody plays.")
        return Link(key="live", label=label, state="off", words=words, next_step="slomix servers agent")
    playing = ", ".join(f"{each.server} ({each.map})" if each.map else each.server for each in heard.live)
    at = max(each.updated_at for each in heard.live)
    return Link(
        key="live", label=label, state="ok", words=text("{servers} tell.", servers=playing), at=at, address="/live"
    )


def _arriving(chain: Chain, files: Files, heard: Heard, text: Callable[..., str]) -> Link:
    label, last = text("Files arrive"), files.last
    ways = chain.folders + chain.machines + sum(each.tokens for each in files.servers)
    if last is None:
        words = text("No file has come yet.")
        return Link(key="files", label=label, state="look", words=words, next_step="slomix ingest PATH")
    where = last.server or text("a server without a name")
    words = text("The last one was {name}, from {server} ({way}).", name=last.name, server=where, way=last.source)
    busy = [each.server for each in heard.asked or () if each.online and each.humans >= ENOUGH_PEOPLE]
    if busy and chain.now - last.received_at > SILENT:
        words = text("People play on {servers}, and no file has come for long.", servers=", ".join(busy)) + " " + words
        return Link(key="files", label=label, state="look", words=words, at=last.received_at, address="/system/ingest")
    if not ways:
        words += " " + text("No way for further ones is set up: no folder, no machine, no token.")
        return Link(
            key="files", label=label, state="look", words=words, at=last.received_at, next_step="slomix servers"
        )
    return Link(key="files", label=label, state="ok", words=words, at=last.received_at)


def _sources(files: Files, text: Callable[..., str]) -> Iterator[Link]:
    for each in files.sources:
        label = text("Machine {name}", name=each.source)
        if each.trouble:
            words = text("No files can be fetched from it: {trouble}", trouble=each.trouble)
            yield Link(key="source", label=label, state="broken", words=words, at=each.trouble_since)
        else:
            yield Link(
                key="source", label=label, state="ok", words=text("Its files are looked at."), at=each.checked_at
            )


def _rounds(chain: Chain, files: Files, text: Callable[..., str]) -> Link:
    label = text("Rounds are whole")
    fresh = [each for each in files.unfinished if each.status != "abandoned_r1" and chain.now - each.ended_at < NEWS]
    if fresh:
        named = ", ".join(each.map for each in fresh)
        words = text("A round is missing that should be here: {maps}.", maps=named)
        return Link(key="rounds", label=label, state="look", words=words, at=fresh[0].ended_at, address="#unfinished")
    if files.unfinished:
        words = text(
            "Nothing is awaited. {count} matches of two weeks have one round only.", count=len(files.unfinished)
        )
        return Link(key="rounds", label=label, state="ok", words=words, address="#unfinished")
    words = text("Every match of the last two weeks has both of its rounds.")
    return Link(key="rounds", label=label, state="ok", words=words)


def _lost(chain: Chain, files: Files, heard: Heard, text: Callable[..., str]) -> Iterator[Link]:
    """A live server plays its second round, so the file of the first one has to be here."""
    last: dict[str, LastRound] = {each.server: each for each in files.rounds}
    for each in heard.live:
        began = each.started_at
        if each.round != 2 or each.map is None or began is None or chain.now - began < LATE:
            continue
        known = last.get(each.server)
        if known is None or known.map != each.map or known.number != 1:
            words = text(
                "{server} plays the second round of {map}, and the file of the first one has not come.",
                server=each.server,
                map=each.map,
            )
            yield Link(key="lost", label=text("A file is late"), state="look", words=words, at=began)


def _refused(files: Files, text: Callable[..., str]) -> Link:
    label, count = text("Files are read"), files.ledger.quarantined
    if files.newer_refused:
        words = text(
            "{count} files that came after the last good one were refused; they are kept with their reason.",
            count=files.newer_refused,
        )
        return Link(key="refused", label=label, state="look", words=words, address="/system/ingest")
    words = text("{count} were imported", count=f"{files.ledger.imported:,}")
    words += text(", {count} are in quarantine.", count=f"{count:,}") if count else "."
    return Link(key="refused", label=label, state="ok", words=words, address="/system/ingest")


def _jobs(chain: Chain, files: Files, text: Callable[..., str]) -> Link:
    label, jobs = text("Background jobs"), files.jobs
    if files.due_since is not None and chain.now - files.due_since > WAITS:
        words = text("{count} are due and nobody runs them: no worker is there.", count=jobs.due)
        return Link(
            key="jobs", label=label, state="broken", words=words, at=files.due_since, next_step="slomix worker",
            address="/system/jobs",
        )  # fmt: skip
    if jobs.buried:
        words = text("{count} were given up after several attempts.", count=jobs.buried)
        return Link(key="jobs", label=label, state="look", words=words, address="/system/jobs")
    words = text("{later} wait for their time.", later=jobs.later) if jobs.later else text("Nothing waits.")
    return Link(key="jobs", label=label, state="ok", words=words, address="/system/jobs")


def _news(chain: Chain, text: Callable[..., str]) -> Link:
    label = text("News for open pages")
    if chain.listening:
        return Link(key="news", label=label, state="ok", words=text("Pages learn of a new round by themselves."))
    words = text("The program does not listen to the database; pages have to be loaded anew.")
    return Link(key="news", label=label, state="look", words=words, next_step="/readyz")


def _people(chain: Chain, text: Callable[..., str]) -> Iterator[Link]:
    bot, login = chain.bot, chain.login
    on = text("It is set up. What it posts is on Discord.") if bot.on else text("It is off: {why}.", why=bot.reason)
    yield Link(key="bot", label=text("Discord bot"), state="ok" if bot.on else "off", words=on)
    words = text("People can log in.") if login.on else text("Nobody can log in: {why}.", why=login.reason)
    yield Link(key="login", label=text("Login"), state="ok" if login.on else "off", words=words)


def _plugins(chain: Chain, text: Callable[..., str]) -> Link:
    label = text("Plugins")
    wrong = [each for each in chain.plugins if each.state not in ("running", "disabled")]
    if wrong:
        told = "; ".join(f"{each.name} ({each.state})" for each in wrong)
        broken = any(each.state in ("failed", "missing", "incompatible", "blocked") for each in wrong)
        state: State = "broken" if broken else "look"
        words = text("Not all run: {plugins}.", plugins=told)
        return Link(key="plugins", label=label, state=state, words=words, address="#plugins")
    running = sum(each.state == "running" for each in chain.plugins)
    return Link(
        key="plugins", label=label, state="ok", words=text("{count} run.", count=running), address="#plugins"
    )  # fmt: skip
