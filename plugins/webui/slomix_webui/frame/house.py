"""Everything that the dashboard knows of what plugins gave it, worked out once when the first page is asked for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from slomix.web import static
from slomix_webui.api import (
    Action,
    Asset,
    Column,
    NavItem,
    Page,
    SearchProvider,
    SettingsPanel,
    ShareCard,
    Tab,
    Templates,
    Widget,
)
from slomix_webui.frame.menus import menus
from slomix_webui.wording import speaking

if TYPE_CHECKING:
    from jinja2 import Environment
    from starlette.requests import Request

    from slomix.context import Contribution, PluginContext
    from slomix.web.auth import Viewer
    from slomix_webui.frame.language import Catalogue

T = TypeVar("T")

#: Menus are kept for so many places and scopes.
MOST_MENUS = 128
#: Entries of the main bar; further ones move to "more".
MOST_MAIN = 6
PACKAGE = Path(__file__).parent.parent
#: A name or an address, and perhaps a port.
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")


def bare(path: str, page: Page) -> str:
    """What the addresses of a page's twins begin with; one at the root of its plugin has its name there."""
    return f"{path.rstrip('/')}/{page.name}" if page.path == "/" else path.rstrip("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A menu entry and whose it is. `scoped`: the page reads the scope, so links to it carry the present one."""

    plugin: str
    item: NavItem
    scoped: bool

    @property
    def open(self) -> bool:
        """Whether the entry is for everybody."""
        return self.item.permission is None and self.item.tier is None

    def allows(self, viewer: Viewer) -> bool:
        """Whether the entry is for this reader."""
        item = self.item
        right = item.permission is None or viewer.may(item.permission)
        return right and (item.tier is None or viewer.is_at_least(item.tier))

    def current(self, plugin: str, page: str) -> bool:
        """Whether the entry leads to this page."""
        return plugin == self.plugin and page in self.item.pages


class House:
    """The contributions of all plugins, their templates and texts. One for a program; see `WebuiPlugin`."""

    def __init__(self, ctx: PluginContext) -> None:
        self.ctx = ctx
        self._environments: dict[str, Environment] = {}
        #: `menus` by language, scope and page.
        self.menus = lru_cache(maxsize=MOST_MENUS)(partial(menus, self))

    def of(self, kind: type[T]) -> Sequence[Contribution[T]]:
        """The records of a kind from all plugins."""
        return self.ctx.contributions.of(kind)

    @cached_property
    def pages(self) -> Mapping[tuple[str, str], Page]:
        """Pages by plugin and name."""
        return {(each.plugin, each.record.name): each.record for each in self.of(Page)}

    @cached_property
    def widgets(self) -> Sequence[Contribution[Widget]]:
        return self.of(Widget)

    @cached_property
    def tabs(self) -> Sequence[Contribution[Tab]]:
        return sorted(self.of(Tab), key=lambda each: each.record.order)

    @cached_property
    def columns(self) -> Sequence[Contribution[Column]]:
        return self.of(Column)

    @cached_property
    def search(self) -> Sequence[Contribution[SearchProvider]]:
        return sorted(self.of(SearchProvider), key=lambda each: each.record.order)

    @cached_property
    def nav(self) -> Mapping[str, Sequence[Entry]]:
        """Menu entries by slot, in their order; what the main bar can not hold is in `more`."""
        slots: defaultdict[str, list[Entry]] = defaultdict(list)
        for each in sorted(self.of(NavItem), key=lambda each: each.record.order):
            pages = [self.pages.get((each.plugin, name)) for name in each.record.pages]
            scoped = any(page.scope.parts for page in pages[:1] if page is not None)
            slots[each.record.slot].append(Entry(plugin=each.plugin, item=each.record, scoped=scoped))
        slots["more"] = [*slots["main"][MOST_MAIN:], *slots["more"]]
        slots["main"] = slots["main"][:MOST_MAIN]
        return slots

    @cached_property
    def islands(self) -> Mapping[str, tuple[str, str]]:
        """The modules of islands: name to plugin and path."""
        found = [each for each in self.of(Asset) if each.record.kind == "island"]
        return {each.record.name: (each.plugin, each.record.path) for each in found}

    @cached_property
    def styles(self) -> Mapping[str, Sequence[str]]:
        """Style sheets of each plugin."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for each in self.of(Asset):
            if each.record.kind == "style":
                found[each.plugin].append(each.record.path)
        return found

    @cached_property
    def _message_folders(self) -> tuple[Path, ...]:
        given = (each.record.messages for each in self.of(Templates))
        return tuple(folder for folder in given if folder is not None)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages that there are, English first."""
        from slomix_webui.frame.language import languages

        return languages(self._message_folders)

    def texts(self, language: str) -> Catalogue:
        """The catalogue of a language."""
        from slomix_webui.frame.language import catalogue

        return catalogue(language, self._message_folders)

    def speaking(self, request: Request) -> AbstractContextManager[None]:
        """Everything inside says its words, numbers and days in the language of who asks."""
        from slomix_webui.frame.preferences import preferences_of

        texts = self.texts(preferences_of(request, self.languages).language)
        return speaking(texts.text, texts.language)

    def environment(self, language: str) -> Environment:
        """The templates in a language."""
        made = self._environments.get(language)
        if made is None:
            from slomix_webui.frame.templates import environment

            folders: defaultdict[str, list[Path]] = defaultdict(list)
            filters: dict[str, Callable[..., Any]] = {}
            for each in self.of(Templates):
                folders[each.plugin].append(each.record.folder)
                filters |= {f"{each.plugin}_{name}": function for name, function in each.record.filters.items()}
            made = self._environments[language] = environment(folders, filters, self.texts(language))
        return made

    @cached_property
    def actions(self) -> Sequence[Contribution[Action]]:
        return sorted(self.of(Action), key=lambda each: each.record.order)

    @cached_property
    def settings(self) -> Sequence[Contribution[SettingsPanel]]:
        return sorted(self.of(SettingsPanel), key=lambda each: each.record.order)

    @cached_property
    def cards(self) -> Mapping[tuple[str, str], ShareCard]:
        """The pictures of pages, by plugin and page."""
        return {(each.plugin, each.record.page): each.record for each in self.of(ShareCard)}

    @cached_property
    def language_names(self) -> Sequence[tuple[str, str]]:
        """Each language with its own name for itself."""
        from babel import Locale

        return [(each, str(Locale(each).get_display_name(each)).capitalize()) for each in self.languages]

    def island_address(self, request: Request, name: str) -> str:
        """The address of an island's module."""
        plugin, path = self.islands[name]
        return static.url(request, plugin, path)

    def base_address(self, request: Request) -> str:
        """The address of this site, for link previews that other programs read: `public_url` of the settings.

        Without one it is as the reader asked for it, so that what is kept of a page that says it is kept by it as well:
        nobody is shown the address that somebody else made up. Empty where that is none.
        """
        given = self.ctx.core.web.public_url
        if given:
            return str(given).rstrip("/")
        host = request.headers.get("host", "")
        return f"{request.url.scheme}://{host}" if _HOST.fullmatch(host) else ""

    def card_address(self, plugin: str, page: Page, request: Request) -> str | None:
        """Where the picture of a page is; None where nobody draws one."""
        if (plugin, page.name) not in self.cards:
            return None
        query = request.url.query
        return f"{bare(request.url.path, page)}.png" + (f"?{query}" if query else "")

    def unreached(self) -> list[str]:
        """Pages without parameters that no menu entry leads to, as `plugin: path`."""
        reached = {(each.plugin, name) for each in self.of(NavItem) for name in each.record.pages}
        return [
            f"{plugin}: {page.path}"
            for (plugin, name), page in self.pages.items()
            if "{" not in page.path and (plugin, name) not in reached
        ]
