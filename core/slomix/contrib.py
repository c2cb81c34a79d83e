"""The frozen records that a plugin's declaration hooks yield. The host stamps each with the plugin's name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import click
    import discord
    from discord.ext import commands
    from starlette.requests import Request

    from slomix.context import Delivery, PluginContext
    from slomix.events import Event
    from slomix.nouns import Person, RoundMention, RoundSighting, Stranger
    from slomix.storage.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Parser:
    """Reads one kind of artifact.

    `sniff(name, head)` answers how sure it is, 0.0 (not mine) to 1.0; `head` is the first 4 KiB.
    `parse(name, data)` is a pure function: no clock, no database; raises `BadArtifact` or `EmptyArtifact` only.
    `sighting(record)` says which round the record is of. `store(tx, record, imported)` writes the plugin's own rows
    in the transaction of the import and derives anew whatever `imported.places` and `.matches` name.
    For a record that only adds to rounds of other files `sighting` gives a `RoundMention`: `store` then gets an
    `Arrival` and answers the ids of the rounds whose numbers changed (None: of none).
    `settle(tx, session_ids)` derives anew what needs a whole session, of every session that an import of any parser
    changed; among the ids are those of sessions that exist no more. It runs in the transaction of the import, or after
    many imports once per session; core holds the lock of the server and never forgets a session.
    `text`: line ends are normalised to LF before hashing and parsing. `max_bytes`: larger files are quarantined.
    `without(name, data, stranger)` is the file with a forgotten person's GUIDs and names replaced, such that `parse`
    reads it as before; a parser that has none loses the bytes of files that mention the person.
    `named`: the name tells what the file is of, so that the same bytes under another name are another file.
    `kept(data)` is what the ledger keeps of a file, for files with something in them that nobody may keep.
    """

    name: str
    version: int
    sniff: Callable[[str, bytes], float]
    parse: Callable[[str, bytes], Any]
    sighting: Callable[[Any], RoundSighting | RoundMention]
    store: Callable[[Connection, Any, Any], Awaitable[Sequence[str] | None]]
    text: bool = True
    max_bytes: int = 1 << 20
    named: bool = False
    without: Callable[[str, bytes, Stranger], bytes] | None = None
    kept: Callable[[bytes], bytes] | None = None
    settle: Callable[[Connection, Sequence[str]], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """Runs when an event was published.

    `durable`: at least once, in a worker; `run(event, delivery)` gets an open transaction whose first row is its
    inbox entry, so its own writes happen exactly once. `live`: best effort, in every process, no transaction.
    `when(event, now)` is a pure filter, asked while publishing: no delivery is made where it answers False.
    """

    event: type[Event]
    run: Callable[[Any, Delivery], Awaitable[None]]
    mode: Literal["durable", "live"] = "durable"
    timeout: timedelta = timedelta(seconds=30)
    when: Callable[[Any, datetime], bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work for the queue: `await ctx.jobs.enqueue(tx, name, payload)` runs `run(payload)` in a worker.

    A run that raises is retried `retries` times with growing delays, then buried. `every` makes it repeat.
    """

    name: str
    run: Callable[[Mapping[str, Any]], Awaitable[None]]
    timeout: timedelta = timedelta(minutes=5)
    retries: int = 5
    every: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A typed read for other plugins: `ctx.services.get(protocol)` answers `implementation`."""

    protocol: type
    implementation: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """The old name of a slash command, for those who set `slomix.discord.prefix`: `!lb kills` is `/stats leaderboard`.

    `names` are the word and its aliases, `command` the path of the slash command. What follows the word fills
    `options` in this order: one word each (or what stands in quotation marks), the last one takes the rest; where
    `between` is set, they are separated by that word. `fixed` holds options that the word itself decides.
    """

    names: tuple[str, ...]
    command: str
    options: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    between: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CogFactory:
    """Builds a discord.py cog, in the bot role only. `make(ctx, bot)` may import `discord`; nothing else may.

    A `GroupCog` gives the plugin's one top-level group, named after the plugin. `shortcuts` names every other
    top-level command that `make` adds, at most five per plugin; one that another plugin has already is refused.
    `words` are old names of its commands.
    """

    make: Callable[[PluginContext, commands.Bot], commands.Cog]
    shortcuts: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostContent:
    """What a post says where an embed alone is not enough.

    `pictures` maps file names to PNGs, which the embed shows as `attachment://NAME`. `view` holds buttons; give them
    `custom_id`s and make them known in a cog (`bot.add_view`), so that they answer after a restart too. `channel` is
    where it goes, None the channel of the automatic posts; `person` makes it a direct message to that Discord user.
    """

    embed: discord.Embed
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    view: discord.ui.View | None = None
    channel: int | None = None
    person: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message that Slomix keeps in Discord: posted exactly once, edited when what it tells changes.

    `render(subject)` gives the embed (or `PostContent`) for a subject (a round id, say), or None when there is nothing
    to tell (any more). Ask for it with `ctx.posts.request(tx, name, subject)`; asking again edits the message.
    """

    name: str
    render: Callable[[str], Awaitable[discord.Embed | PostContent | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestText:
    """One field of the digest: at most 256 and 1024 characters, Discord's markdown."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestBlock:
    """What a plugin tells of a session that is over, in the one digest that Slomix posts of it.

    `render(session_id)` answers within 10 s, None where there is nothing to tell; blocks stand by `order`, smallest
    first. A block that fails is left out.
    """

    name: str
    render: Callable[[str], Awaitable[DigestText | None]]
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """One JSON answer, mounted at `/<plugin>/api/v1<path>` and described in `/openapi.json`.

    `endpoint(request)` returns an instance of `response` (a dataclass or msgspec struct, encoded by msgspec) or
    raises `slomix.web.api.NotFound`. `params` describes query parameters: name to (type, help). With `method` POST
    `takes` is the type of the JSON body, which the endpoint reads itself; `from_server` says that it asks
    `slomix.web.gate.sending_server` who sends. `errors` are statuses of problems that it may answer beside the usual
    ones (400 for parameters, 404 for a path with some); 401 says that one has to be logged in.
    """

    path: str
    endpoint: Callable[[Request], Awaitable[Any]]
    response: Any
    summary: str
    params: Mapping[str, tuple[Any, str]] = ()  # type: ignore[assignment]
    method: Literal["GET", "POST"] = "GET"
    takes: Any = None
    from_server: bool = False
    errors: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A Starlette route of the plugin, mounted at `/<plugin><path>`; `root` mounts at `/` (only `webui` may).

    With a `response` (the type of its JSON) and a `summary` it stands in `/openapi.json`; `params` and `errors` as in
    `Api`. `others` says when it answers another object than a `response`, `login` that only people who are logged in
    are answered.
    `stream`: the answer goes on for as long as somebody reads (`slomix.web.sse`), so nobody waits for its end.
    """

    path: str
    endpoint: Callable[[Request], Awaitable[Any]]
    name: str
    methods: tuple[str, ...] = ("GET",)
    root: bool = False
    response: Any = None
    summary: str = ""
    params: Mapping[str, tuple[Any, str]] = field(default_factory=dict)
    others: str = ""
    errors: tuple[int, ...] = ()
    login: bool = False
    stream: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Static:
    """A folder of files served with long caching below `/static/<plugin>/<content hash>/`.

    `bundles` are files joined into one: name to the paths of its parts in their order, as `{"site.css": ("css/a.css",
    "css/b.css")}`. Each is served under its name, beside its parts. Scripts that are joined are
    modules of which none imports or exports anything; each keeps its names to itself.
    """

    folder: Path
    bundles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A table that `slomix export KIND` writes. `rows(db)` yields one mapping per row, every key of `columns`."""

    kind: str
    columns: tuple[str, ...]
    rows: Callable[[Any], AsyncIterator[Mapping[str, Any]]]
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """Answer of a `Check`: `ok`, a sentence, and what to do when it is not ok."""

    ok: bool
    detail: str
    next_step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Something `slomix doctor` looks at."""

    name: str
    run: Callable[[], Awaitable[CheckResult]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulator:
    """A feed of `slomix simulate`: plays a community and writes genuine artifacts into a folder.

    `run(out, seed=…, rounds=…, speed=…, start=…, played=…)` is a generator that writes one file after another and
    yields each path. `speed` 0 writes as fast as it can, from the evening of `start` on; otherwise rounds are paced as
    in life, `speed` times faster, after `played` rounds that are over already. All but `out` have defaults. One that
    takes `live_logs=…` as well writes what a server's logs say while it plays into that folder.
    """

    name: str
    run: Callable[..., Any]
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CliCommand:
    """A command of the plugin, reached as `slomix <plugin> <name>`."""

    command: click.Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """A right that a person may be granted."""

    name: str
    summary: str
    default: Literal["everyone", "admin"] = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class HookSpecs:
    """Hooks of this plugin for others, each named `<plugin>_<what>`; its own declarations may use them as well.

    `hooks` is a class whose methods are marked `@hookspec`, take `(self, ctx)` and answer records; `records` says for
    each of them which kinds. What was given is read with `ctx.contributions.of(kind)`. `translate(plugin, record)`
    answers the core's own records (pages, static folders) that a given one stands for; they count as that plugin's.
    """

    hooks: type
    records: Mapping[str, tuple[type, ...]]
    translate: Callable[[str, Any], Iterable[Any]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What becomes of the plugin's rows about persons. All three run in the transaction of the request; when one
    raises, the whole request fails.

    `export(tx, person)` answers everything that is kept about the person, as JSON values. `forget(tx, stranger)`
    removes `stranger.person` or writes the stranger instead: no row may mention the person afterwards, and the numbers
    of others stay. `move(tx, keys, from_player, to_player)` re-points the rows of these keys, for a merge or a split.
    """

    export: Callable[[Connection, Person], Awaitable[Mapping[str, Any]]]
    forget: Callable[[Connection, Stranger], Awaitable[None]]
    move: Callable[[Connection, tuple[str, ...], str, str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """A table from another system: `slomix import NAME FILE.csv`.

    `columns` must be in the file's first line, `optional` may be. `take(tx, row, actor)` stores one row (column to
    text, without surrounding spaces) in a transaction of its own: it answers True when something changed, False when
    it was there already, and raises `SlomixError` with the reason when the row is refused.
    """

    name: str
    columns: tuple[str, ...]
    take: Callable[[Connection, Mapping[str, str], str], Awaitable[bool]]
    summary: str
    optional: tuple[str, ...] = ()
