"""Pages and what leads to them: each hook's record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from slomix_webui.api.asked import Asked, ScopePart, Subject

if TYPE_CHECKING:
    from slomix.web.sse import Channel

#: Where a menu entry stands: the main bar (at most six, the rest moves to "more"), the foot, or the reader's own menu.
NavSlot = Literal["main", "more", "footer", "user", "admin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a page as CSV: the names of its columns, and its rows with as many plain values."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str | int | float | bool | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crumb:
    """A step on the way to a page."""

    label: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The answer of a page: its view model and what its head says.

    `title` is unique among the pages (`Night 40, 17 Nov - 12:8`), `description` one sentence for previews. `subject`
    lets widgets, tabs and actions of other plugins join. `live` keeps an open page up to date: the id of a session
    or `*` for whatever happens. `listens` are keys of further public events after which it is read again
    (`availability.AvailabilityChanged`). `fresh` False: nobody keeps this answer, since something was not available, or
    it is old in a second.
    """

    model: Any
    title: str
    description: str = ""
    crumbs: tuple[Crumb, ...] = ()
    subject: Subject | None = None
    live: str | None = None
    listens: tuple[str, ...] = ()
    status: int = 200
    fresh: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """There is no such thing: a page with status 404 that says what was looked for and where to go on."""

    heading: str
    detail: str = ""
    onward: Crumb | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The same is at another address: for good (308), or a place in another page (303)."""

    address: str
    permanent: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeBar:
    """Which parts of the scope a page reads, and the period where the address names none."""

    parts: tuple[ScopePart, ...] = ()
    period: str = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page at `/<plugin><path>` (of `webui` itself at `path`), with `….json` and, with `tables`, `….csv` beside it.

    `load(asked)` answers `Shown` with an instance of `model` (a dataclass that msgspec can encode: plain values, no
    markup), `Missing` or `Moved`. `template` is `<plugin>/<file>` of the plugin's `Templates`; it extends
    `webui/page.html` and finds the model as `view`. `tables(model)` gives the page's tables by name. Without
    `permission` and `personal` the answer is the same for everybody and kept until the data changes. `params` describes
    the query as in `slomix.contrib.Api`. `tabs`: the label of the page's own tab where others add theirs.
    """

    path: str
    name: str
    title: str
    load: Callable[[Asked], Awaitable[Shown | Missing | Moved]]
    template: str
    model: Any
    summary: str = ""
    scope: ScopeBar = ScopeBar()
    params: Mapping[str, tuple[Any, str]] = field(default_factory=dict)
    tables: Callable[[Any], Mapping[str, Table]] | None = None
    permission: str | None = None
    personal: bool = False
    tabs: str | None = None
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """A menu entry. `page` names the page (or pages) of the plugin on which it is the current one.

    `icon` is one of the dashboard's (docs/dashboard/design.md); `permission` hides it from those who lack it, `tier`
    from those below it.
    """

    slot: NavSlot
    label: str
    address: str
    order: int = 100
    pages: tuple[str, ...] = ()
    icon: str = ""
    permission: str | None = None
    tier: Literal["owner", "admin", "moderator"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """A folder of Jinja2 templates, reached as `<plugin>/…`. `filters` are added under `<plugin>_<name>`.

    `messages` is a folder of catalogues (`de.po`) with the texts that the templates put into `_("…")`.
    """

    folder: Path
    filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    messages: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file of the plugin's `Static` folder that pages ask for.

    `island`: an ES module, started for each element with `data-island="<name>"` when it comes into view, and loaded
    only then. `style`: a style sheet of the plugin's own pages and blocks.
    """

    path: str
    kind: Literal["island", "style"]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that a search found."""

    title: str
    address: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchProvider:
    """Results of one kind in the search palette. `search(asked, text, limit)` answers within 300 ms."""

    kind: str
    title: str
    search: Callable[[Asked, str, int], Awaitable[Sequence[Found]]]
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareCard:
    """The picture of a page in link previews, 1200 x 630: `svg(model)` draws it. `page` is the plugin's page."""

    page: str
    svg: Callable[[Any], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveChannel:
    """A stream of what happens, at `/<plugin>/live/<name of the channel>` (of `webui` at `/live/…`).

    `permission`: the capability of those who may listen; None: everybody.
    """

    channel: Channel
    permission: str | None = None
