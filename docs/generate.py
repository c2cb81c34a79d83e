"""Writes the pages that are made from the code: docs/map.md, docs/events.md, docs/metrics.md. Run by `make docs`."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from slomix.contrib import Handler
from slomix.events import CORE_EVENTS, Event
from slomix.host.discovery import discover
from slomix_stats.metrics.bests import BESTS
from slomix_stats.metrics.catalogue import METRICS, find_metric
from slomix_stats.metrics.ladders import LADDERS

ROOT = Path(__file__).parents[1]
CORE = ROOT / "core" / "slomix"
DOCS = ROOT / "docs"

#: Modules that stand alone in the core are the ground on which everything stands, but for this one.
TOP = "runtime"
GROUND = "ground"
#: What the map leaves out: the kit may know everything.
LEFT_OUT = {"testing", "__init__", "__main__"}

MAP = """# The map, drawn from the code

`make docs` draws it, a test holds it to the code. An arrow says who imports whom when it runs (types aside).
Modules that lie in `core/slomix` itself (what plugins use, settings, logs) may be imported by all, so no arrow
shows it; `runtime`, which puts the parts together, is the one that is drawn. `slomix.testing` is left out.

## The core

```mermaid
flowchart TD
{core}
```

## The plugins

An arrow says that a plugin does not run without the other; a dotted one that it comes after it where it is there.

```mermaid
flowchart LR
{plugins}
```
"""

EVENTS = """# Events

An event says that something became true. It is published in the transaction that makes it true: whoever handles it sees
what it tells of, and nobody hears of what was rolled back. Fields are ids and small values; an event may only grow, by
fields with a default, and a new meaning is a new event. `make docs` writes this page from `slomix.events`.

A plugin handles them with [`register_handlers`](hooks.md#register_handlers), and publishes its own, from its `api`
module, with `await ctx.events.publish(tx, event)`:

| mode | delivery | where |
|---|---|---|
| `durable` | {durable} | a worker |
| `live` | best effort; caught up after a lost connection | every process |

A public event is told to every browser too, at `/-/events`, with all its fields: server-sent events with their
numbers, which a browser that comes back sends as `Last-Event-ID`, and a heartbeat every 15 seconds. Who can not stream
asks there with `Accept: application/json` and `?last=` for `{{"events": […], "last": …}}`. `version` is the number on
the wire; it is raised with a field.

A page that goes on while somebody looks serves a channel of its own, by the same means: first the state (event
`snapshot`), then what changes, read once per process for all who look, without a gap or a double where the two meet.

```python
from slomix.web.sse import Channel

STATE = "select (select count(*) from hello.greeting), (select coalesce(max(seq), 0) from slomix.event)"


async def state():
    count, number = await ctx.db.fetchrow(STATE)  # one statement, so that the number fits
    return {{"greetings": count}}, number


channel = Channel("greetings", snapshot=state, keys={{"hello.Greeted"}})


async def live(request):  # the endpoint of a Page; whoever may not see it is refused here
    return await channel.answer(request)
```

Polls get the same from the same address (`Accept: application/json`, `?after=` the last number). Where the news is not
in events but in a table, give `since=`: it answers what changed after a number ([why, and
how](decisions/0085-a-state-then-what-changes.md)).
In tests, `slomix.testing.streams` reads a stream over a real connection.

| event | public | version | when |
|---|---|---|---|
{table}
{details}"""

METRICS_PAGE = """# The numbers and how they are made

`make docs` writes this page from `slomix_stats.metrics`, where each number has its one function; the same is data at
`/stats/api/v1/metrics`. A formula is over sums: of all rounds in the scope, added up before anything is divided, so
that nothing is ever a mean of means. Only rounds that count are added up ([what counts](checks.md)). A number whose
input an old file lacks is over the rounds that know it, and says over how many (`rounds` of `of`); unknown is never 0.

A place on a leaderboard of all time takes the rounds in the table; with a map, a side or a format 10; in a period of up
to 100 days `stats.min_rounds`. What else it takes shrinks with the rounds.

| number | unit | formula | from | rounds | also takes |
|---|---|---|---|---|---|
{metrics}

## Asking for them

Every answer is described at `/docs` (and in `/openapi.json`); what other plugins ask is
`slomix_stats.api.StatsInsightV1`. The scope is the same everywhere: `period` (`all`, `season`, `2026-Q4`, `month`,
`2026-11`, `2026-W47`, `7d` or any number of days, `2026-11-01..2026-11-07`), `map`, `side` (`axis`, `allies`,
`attack`, `defence`), `format` (`3v3`), `min_rounds`. What
there is not is a 400 that names what is allowed. Lists have a `next`, which is the `cursor` of the page after.

```
/stats/api/v1/leaderboards/dpm?period=season&limit=20      /stats/api/v1/players/D8423F90/numbers
/stats/api/v1/leaderboards/revives?map=supply              /stats/api/v1/players/D8423F90/rivals?period=90d
/stats/api/v1/leaderboards/kd?side=attack&period=30d       /stats/api/v1/matchup?a=D8423F90,EA326149&b=BF52721D
/stats/api/v1/sessions/latest/insight                      /stats/api/v1/seasons/current
```

## Records

The best of a player on a map, of one round or of a match (both rounds). Rounds that do not count are left out: with
bots, aborted, started again, shorter than 30 s, rejected by hand.

| record | of a | only |
|---|---|---|
{records}

## Milestones

Over a lifetime; reached in the round in which the sum got there. A ratio takes 20 rounds, is looked at when a session
is over, and stays reached.

| ladder | steps |
|---|---|
{ladders}
"""


def area(module: str) -> str | None:
    """The part of the core that a module (`slomix.web.app`) belongs to; None for what is left out."""
    parts = module.split(".")
    name = parts[1] if len(parts) > 1 else "__init__"
    if name in LEFT_OUT:
        return None
    return name if name == TOP or (CORE / name).is_dir() else GROUND


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported when the code runs."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield from (f"{module}.{alias.name}" if module == "slomix" else module for alias in node.names)
        else:
            yield from imports(node)


def core_arrows() -> list[tuple[str, str]]:
    """Which part of the core imports which."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(CORE.rglob("*.py")):
        parts = path.relative_to(CORE.parent).with_suffix("").parts
        mine = area(".".join(parts))
        if mine is None or "templates" in parts:
            continue
        theirs: set[str | None] = {
            area(name) for name in imports(ast.parse(path.read_text("utf-8"))) if name.startswith("slomix.")
        }
        found[mine] |= {other for other in theirs if other and other not in (mine, GROUND)}
    return [(one, other) for one in sorted(found) for other in sorted(found[one])]


def plugin_arrows() -> tuple[list[str], list[str]]:
    """The plugins of this repository, and the arrows between them."""
    ours = [folder.name for folder in sorted((ROOT / "plugins").iterdir()) if (folder / "pyproject.toml").is_file()]
    installed = discover()
    arrows = []
    for name in ours:
        plugin = installed[name].entry_point.load()
        arrows += [f"    {name} --> {other}" for other in plugin.requires]
        arrows += [f"    {name} -.-> {other}" for other in plugin.after]
    return ours, arrows


def map_page() -> str:
    """docs/map.md."""
    arrows = core_arrows()
    parts = sorted({name for arrow in arrows for name in arrow})
    core = [*(f"    {name}" for name in parts), *(f"    {one} --> {other}" for one, other in arrows)]
    names, between = plugin_arrows()
    plugins = [*(f"    {name}" for name in names), *between]
    return MAP.format(core="\n".join(core), plugins="\n".join(plugins))


def events_page(events: Iterable[type[Event]] = CORE_EVENTS) -> str:
    """docs/events.md."""
    table, details = [], []
    for event in events:
        told = " ".join((inspect.getdoc(event) or "").split())
        yes = "yes" if event.public else "no"
        table.append(
            f"| [`{event.key()}`](#{event.key().lower().replace('.', '')}) | {yes} | {event.version} | {told} |"
        )
        fields = [f"| `{field.name}` | `{field.type}` |" for field in dataclasses.fields(event)]
        details.append("\n".join([f"\n## {event.key()}\n", told, "", "| field | type |", "|---|---|", *fields, ""]))
    durable = "at least once, written exactly once: the handler's transaction begins with its inbox entry"
    assert Handler.__dataclass_fields__["mode"].default == "durable"
    return EVENTS.format(durable=durable, table="\n".join(table), details="".join(details))


def metrics_page() -> str:
    """docs/metrics.md."""
    metrics = [
        f"| **{info.title}** (`{info.name}`): {info.description} | {info.unit} | `{info.formula}` | {info.source} "
        f"| {info.min_rounds if info.ranked else ''} | {', '.join(f'{n} {c}' for c, n in info.floor.items())} |"
        for info in (metric.info for metric in METRICS)
    ]
    records = [f"| {find_metric(best.metric).title} | {best.over} | {best.rule} |" for best in BESTS]
    ladders = [
        f"| {ladder.emoji} {ladder.title} | {', '.join(f'{step:g} *{title}*' for step, title in ladder.steps)} |"
        for ladder in LADDERS
    ]
    return METRICS_PAGE.format(metrics="\n".join(metrics), records="\n".join(records), ladders="\n".join(ladders))


PAGES = {"map.md": map_page, "events.md": events_page, "metrics.md": metrics_page}


def main() -> int:
    """Write the pages that changed."""
    for name, make in PAGES.items():
        page, text = DOCS / name, make()
        if not page.exists() or page.read_text("utf-8") != text:
            page.write_text(text, "utf-8", newline="\n")
            sys.stdout.write(f"wrote {page.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
