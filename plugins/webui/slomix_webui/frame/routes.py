"""The dashboard's own routes that are no pages: preferences, single blocks, actions and settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, get_args

from msgspec import Meta

from slomix.contrib import Page
from slomix.web.api import NotFound, query
from slomix_webui.api import BlockAsked, ScopeBar, ScopePart, Subject, SubjectKind
from slomix_webui.frame.acting import routes as acting
from slomix_webui.frame.blocks import place_widget
from slomix_webui.frame.document import alone
from slomix_webui.frame.preferences import keep_preferences, preferences_of
from slomix_webui.frame.scope import scope_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from slomix_webui.frame.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class _WidgetQuery:
    slot: SubjectKind
    id: Annotated[str, Meta(max_length=64)] = ""


def routes(house: House) -> Iterable[Page]:
    """All of them."""

    async def preferences(request: Request) -> Response:
        return await keep_preferences(request, house.languages)

    async def widget(request: Request) -> Response:
        return await _widget(house, request)

    yield Page(path="/preferences", endpoint=preferences, name="preferences", methods=("POST",), root=True)
    yield Page(path="/widgets/{plugin}/{key}", endpoint=widget, name="widget", root=True)
    yield from acting(house)


async def _widget(house: House, request: Request) -> Response:
    """One widget alone: for a page that loads it late, and for readers without script."""
    asked = query(request, _WidgetQuery)
    where = request.path_params
    found = [each for each in house.widgets if (each.plugin, each.record.key) == (where["plugin"], where["key"])]
    if not found or asked.slot not in found[0].record.slots:
        raise NotFound("There is no such block.")
    preferences = preferences_of(request, house.languages)
    block_asked = BlockAsked(
        subject=Subject(kind=asked.slot, id=asked.id),
        scope=scope_of(request, ScopeBar(parts=get_args(ScopePart))),
        preferences=preferences,
        text=house.texts(preferences.language).text,
        request=request,
    )

    async def make() -> Response:
        with house.speaking(request):
            placed = await place_widget(found[0], block_asked, now=True)
            if placed is None:
                raise NotFound("This block has nothing to say here.")
            return alone(house, block_asked, placed)

    items = tuple(sorted(request.query_params.multi_items()))
    look = (preferences.language, preferences.theme, preferences.size, house.base_address(request))
    key = ("webui", "widget", request.url.path, items, *look)
    answer: Response = await request.app.state.answers.answer(request, key, make)
    return answer
