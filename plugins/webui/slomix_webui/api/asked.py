"""What pages and blocks are asked with: address, scope, the reader's choices and, where it matters, who asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import urlencode

from slomix.web.api import query

if TYPE_CHECKING:
    from starlette.requests import Request

    from slomix.web.auth import Viewer

T = TypeVar("T")

Theme = Literal["auto", "dark", "light", "contrast"]
#: Of all text, beside what the browser is set to.
TextSize = Literal["normal", "large", "larger"]
#: The parts of the scope bar, in the order in which they are shown.
ScopePart = Literal["period", "map", "side", "format", "min_rounds"]
#: What a page is about; widgets and tabs say at which of them they belong.
SubjectKind = Literal["home", "session", "match", "round", "player", "map", "live"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What the reader chose, or what the browser says: `language` (`en`, `de` …), `theme` and size of the text."""

    language: str = "en"
    theme: Theme = "auto"
    size: TextSize = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageScope:
    """Which rounds a page is over, as the address says it; None: all of them. As `slomix_stats.api.Scope`."""

    period: str = "all"
    map: str | None = None
    side: str | None = None
    format: str | None = None
    min_rounds: int | None = None

    def query(self, **changed: str | int | None) -> str:
        """The scope as a query string with some parts changed, defaults left out: `period=30d&map=supply`."""
        values: dict[str, str | int | None] = {"period": self.period, "map": self.map, "side": self.side}
        values |= {"format": self.format, "min_rounds": self.min_rounds, **changed}
        return _scope_query(**values)


@lru_cache(maxsize=256)
def _scope_query(**values: str | int | None) -> str:
    """Links keep the scope, so that a page asks for the same one many times."""
    return urlencode(
        {key: value for key, value in values.items() if value is not None and (key, value) != ("period", "all")}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a page is about: a session, a player … with its id and what people call it."""

    kind: SubjectKind
    id: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request for a page. `path` holds the parameters of the address.

    `viewer` is who asks, only on pages that are not the same for all (`Page.personal`, or with a `permission`).
    `text` translates into the reader's language: `asked.text("{count} rounds", count=3)`.
    """

    request: Request
    path: Mapping[str, Any]
    scope: PageScope
    preferences: Preferences
    text: Callable[..., str]
    viewer: Viewer | None = None

    def query(self, kind: type[T]) -> T:
        """The query string as an instance of `kind`, as `slomix.web.api.query`."""
        return query(self.request, kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockAsked:
    """A widget, tab or column is asked for the `subject` of a page. `viewer` as in `Asked`."""

    subject: Subject
    scope: PageScope
    preferences: Preferences
    text: Callable[..., str]
    request: Request
    viewer: Viewer | None = None

    def query(self, kind: type[T]) -> T:
        """The query string as an instance of `kind`, as `slomix.web.api.query`."""
        return query(self.request, kind)
