"""The menus of a page in the reader's language. They are the same on every page of an entry and a scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slomix_webui.parts import Entry as Line

if TYPE_CHECKING:
    from markupsafe import Markup

    from slomix_webui.frame.house import Entry, House
    from slomix_webui.frame.language import Catalogue

#: Entries of the bar of phones beside "more".
MOST_BOTTOM = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Menus:
    """All menus of one page: the bar at the top, that of phones at the bottom, and the links at the foot."""

    top: Markup
    bottom: Markup
    footer: Sequence[Line]


def menus(house: House, language: str, query: str, page: tuple[str, str]) -> Menus:
    """The menus of a page; `query` is its scope, which links carry on.

    Entries that need a right are in the reader's own menu only.
    """
    texts = house.texts(language)
    ui: Any = house.environment(language).globals["ui"]
    everyone = {slot: [each for each in house.nav.get(slot, ()) if each.open] for slot in ("main", "more", "footer")}
    here = next((_key(each) for lines in everyone.values() for each in lines if each.current(*page)), "")
    main, more, footer = ([_line(each, texts, query) for each in found] for found in everyone.values())
    return Menus(
        top=ui.main_menu(main, more, here),
        bottom=ui.bottom_bar(main[:MOST_BOTTOM], [*main[MOST_BOTTOM:], *more], here),
        footer=footer,
    )


def _key(entry: Entry) -> str:
    return f"{entry.plugin} {entry.item.address}"


def _line(entry: Entry, texts: Catalogue, query: str) -> Line:
    item = entry.item
    address = f"{item.address}?{query}" if query and entry.scoped else item.address
    return Line(key=_key(entry), label=texts.text(item.label), href=address, icon=item.icon)
