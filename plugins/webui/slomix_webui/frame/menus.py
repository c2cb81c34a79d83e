"""The menus of a page in the reader's language, as the macros of the frame want them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slomix_webui.parts import Entry as Line

if TYPE_CHECKING:
    from slomix_webui.api import PageScope
    from slomix_webui.frame.house import Entry, House
    from slomix_webui.frame.language import Catalogue

#: Entries of the bar of phones beside "more".
MOST_BOTTOM = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Menus:
    """All menus of one page; `here` is the key of the entry that leads to it."""

    main: Sequence[Line]
    more: Sequence[Line]
    footer: Sequence[Line]
    here: str

    @property
    def bottom(self) -> Sequence[Line]:
        """What fits the bar of phones."""
        return self.main[:MOST_BOTTOM]

    @property
    def bottom_more(self) -> Sequence[Line]:
        """What is behind "more" there."""
        return [*self.main[MOST_BOTTOM:], *self.more]


def menus(house: House, texts: Catalogue, scope: PageScope, page: tuple[str, str]) -> Menus:
    """The menus of a page. Entries that need a right are in the reader's own menu only."""
    query = scope.query()
    everyone = {slot: [each for each in house.nav.get(slot, ()) if each.open] for slot in ("main", "more", "footer")}
    here = next((_key(each) for lines in everyone.values() for each in lines if each.current(*page)), "")
    lines = {slot: [_line(each, texts, query) for each in found] for slot, found in everyone.items()}
    return Menus(here=here, **lines)


def _key(entry: Entry) -> str:
    return f"{entry.plugin} {entry.item.address}"


def _line(entry: Entry, texts: Catalogue, query: str) -> Line:
    item = entry.item
    address = f"{item.address}?{query}" if query and entry.scoped else item.address
    return Line(key=_key(entry), label=texts.text(item.label), href=address, icon=item.icon)
