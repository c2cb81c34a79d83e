"""What plugins add to each other's pages: widgets, tabs, columns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from slomix_webui.api.asked import BlockAsked, SubjectKind
from slomix_webui.api.pages import Table

#: How long a widget or column may take before its page goes out without it.
WIDGET_S = 0.3
#: A tab is asked for on purpose.
TAB_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What a widget or tab shows: a view model, and the template that finds it as `view`. `tables` as CSV."""

    model: Any
    template: str
    tables: Mapping[str, Table] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Why there is nothing to show (not captured, too few, not for this scope …), and what to do about it."""

    reason: str
    next_step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Widget:
    """A block on pages about certain subjects. `load(asked)` answers a `Block`, `Nothing`, or None to be left out.

    Widgets of a page are loaded side by side. One that raises or takes longer than `timeout_s` is a box that says it is
    not available; one that is `lazy` is loaded after the page, when it comes into view. Smallest `order` first.
    `listens` are keys of public events after which an open page with a slot for it is read again.
    """

    key: str
    title: str
    slots: frozenset[SubjectKind]
    load: Callable[[BlockAsked], Awaitable[Block | Nothing | None]]
    size: Literal["third", "half", "full"] = "half"
    order: int = 100
    timeout_s: float = WIDGET_S
    lazy: bool = False
    listens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab of pages about a subject, at `?tab=<key>`. `unavailable(asked)` says why it can not be opened, or None."""

    page: SubjectKind
    key: str
    title: str
    load: Callable[[BlockAsked], Awaitable[Block | Nothing]]
    order: int = 100
    unavailable: Callable[[BlockAsked], Awaitable[str | None]] | None = None
    timeout_s: float = TAB_S


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnAsked:
    """Values are wanted for these rows (players' ids, mostly) of a table on a page."""

    block: BlockAsked
    ids: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A further column of a table: `session.players`, `players`, `leaderboard`, `match.players`.

    `load(asked)` answers a value for some of the ids; a row without one shows a dash. `meaning` is the tooltip.
    """

    table: str
    key: str
    label: str
    meaning: str
    load: Callable[[ColumnAsked], Awaitable[Mapping[str, str | float]]]
    order: int = 100
    decimals: int = 0
    timeout_s: float = WIDGET_S
