"""Blocks of other plugins on a page: widgets side by side with a time limit, the tabs, and further columns.

A block that fails costs itself: the page says that it is not available, counts it, and is not kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import urlencode

import structlog

from slomix_webui import formats
from slomix_webui.api import Block, BlockAsked, Column, ColumnAsked, Nothing, Subject, Tab, Widget

if TYPE_CHECKING:
    from slomix.context import Contribution

log = structlog.get_logger("slomix.webui")

T = TypeVar("T")
State = Literal["shown", "nothing", "failed", "later"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A block on a page. `shown` has a `block`, `nothing` the `reason`; `failed` and `later` are read at `address`."""

    plugin: str
    key: str
    title: str
    state: State
    size: str = "full"
    block: Block | None = None
    nothing: Nothing | None = None
    address: str = ""

    def as_failed(self) -> Placed:
        """The same, not available."""
        return replace(self, state="failed", block=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """A further column with its values by row; `failed` when it has none since it was late or raised."""

    column: Column
    values: dict[str, str | float] = field(default_factory=dict)
    failed: bool = False

    def cell(self, row: str) -> str:
        """What stands in the row's cell."""
        value = self.values.get(row)
        if isinstance(value, int | float):
            return formats.decimal(value, self.column.decimals)
        return "–" if value is None else str(value)


def widget_address(plugin: str, key: str, subject: Subject, query: str = "") -> str:
    """Where a widget is read alone."""
    asked = urlencode({"slot": subject.kind, "id": subject.id})
    return f"/widgets/{plugin}/{key}?{asked}" + (f"&{query}" if query else "")


async def place_widgets(found: Sequence[Contribution[Widget]], asked: BlockAsked) -> list[Placed]:
    """The widgets of a page about a subject, in their order, loaded side by side."""
    fitting = [each for each in found if asked.subject.kind in each.record.slots]
    fitting.sort(key=lambda each: each.record.order)
    placed = await asyncio.gather(*(place_widget(each, asked) for each in fitting))
    return [each for each in placed if each is not None]


async def place_widget(found: Contribution[Widget], asked: BlockAsked, *, now: bool = False) -> Placed | None:
    """One widget; None where it has nothing to say here. `now`: it is asked for alone, so a lazy one is loaded too."""
    widget = found.record
    address = widget_address(found.plugin, widget.key, asked.subject, asked.scope.query())
    frame = Placed(
        plugin=found.plugin, key=widget.key, title=widget.title, size=widget.size, state="failed", address=address
    )
    if widget.lazy and not now:
        return replace(frame, state="later")
    limit = widget.timeout_s if not (widget.lazy or now) else max(widget.timeout_s, 10.0)
    loaded = await limited(f"{found.plugin}.{widget.key}", lambda: widget.load(asked), limit)
    return frame if loaded is FAILED else _told(frame, loaded)


async def place_tab(found: Contribution[Tab], asked: BlockAsked) -> Placed:
    """The content of a tab that was opened."""
    tab = found.record
    frame = Placed(plugin=found.plugin, key=tab.key, title=tab.title, state="failed", address=f"?tab={tab.key}")
    reason = await why_not(tab, asked)
    if reason is not None:
        return replace(frame, state="nothing", nothing=Nothing(reason=reason))
    loaded = await limited(f"{found.plugin}.{tab.key}", lambda: tab.load(asked), tab.timeout_s)
    return frame if loaded is FAILED else _told(frame, loaded) or frame


async def why_not(tab: Tab, asked: BlockAsked) -> str | None:
    """Why a tab can not be opened; None when it can, or when nobody knows (then it says so itself)."""
    if tab.unavailable is None:
        return None
    unavailable = tab.unavailable
    said = await limited(f"tab {tab.key}", lambda: unavailable(asked), 0.3)
    return said if isinstance(said, str) else None


async def load_columns(
    found: Sequence[Contribution[Column]], table: str, ids: Sequence[str], asked: BlockAsked
) -> list[Values]:
    """The further columns of a table, in their order, loaded side by side."""
    fitting = sorted((each for each in found if each.record.table == table), key=lambda each: each.record.order)

    async def load(each: Contribution[Column]) -> Values:
        column = each.record
        label = f"{each.plugin}.{column.key}"
        said = await limited(label, lambda: column.load(ColumnAsked(block=asked, ids=ids)), column.timeout_s)
        return Values(column=column, failed=True) if said is FAILED else Values(column=column, values=dict(said))

    return list(await asyncio.gather(*(load(each) for each in fitting)))


class _Failed:
    """Stands for an answer that did not come."""


FAILED = _Failed()


def _told(frame: Placed, loaded: Any) -> Placed | None:
    if loaded is None:
        return None
    if isinstance(loaded, Nothing):
        return replace(frame, state="nothing", nothing=loaded)
    return replace(frame, state="shown", block=loaded)


async def limited(label: str, load: Callable[[], Awaitable[Any]], limit_s: float) -> Any:
    """What a function of a plugin answers in time; `FAILED` where it does not, or raises."""
    try:
        async with asyncio.timeout(limit_s):
            return await load()
    except TimeoutError:
        log.warning("a block was late and left out", block=label, limit_s=limit_s)
    except Exception:
        log.exception("a block failed and was left out", block=label)
    return FAILED
