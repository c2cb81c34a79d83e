"""From the record of a page to the core's routes: document, JSON, CSV and picture, each kept until the data changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from starlette.responses import RedirectResponse, Response

from slomix import contrib
from slomix.web import auth
from slomix.web.api import BadRequest, NotFound, Problem, json_answer
from slomix_webui.api import Asked, LiveChannel, Missing, Moved, NavItem, Page, Shown
from slomix_webui.frame.blocks import Placed, place_tab
from slomix_webui.frame.cards import card_answer
from slomix_webui.frame.channels import channel_route
from slomix_webui.frame.csv_answer import csv_answer
from slomix_webui.frame.document import LONGEST_ADDRESS, block_of, document, missing, refused
from slomix_webui.frame.preferences import preferences_of
from slomix_webui.frame.scope import scope_of
from slomix_webui.icons import GLYPHS

if TYPE_CHECKING:
    from starlette.requests import Request

    from slomix_webui.frame.house import House

ROOT = "webui"
SCOPE_HELP = {
    "period": "all, season, 2026-Q4, month, 2026-11, 2026-W47, 30d, or 2026-11-01..2026-11-07",
    "map": "name of a map",
    "side": "axis, allies, attack or defence",
    "format": "3v3 and the like",
    "min_rounds": "fewest rounds in the sample",
}
Form = Literal["html", "json", "csv", "png"]


def translate(house: House, plugin: str, record: Any) -> Iterable[Any]:
    """The core's records that a contribution stands for. One that every page would trip over is refused here."""
    match record:
        case NavItem(icon=icon) if icon and icon not in GLYPHS:
            raise ValueError(
                f"the menu entry {record.label!r} has an unknown icon {icon!r}: {', '.join(sorted(GLYPHS))}"
            )
        case Page():
            yield from _page_routes(house, plugin, record)
        case LiveChannel():
            yield channel_route(plugin, record)


def _page_routes(house: House, plugin: str, page: Page) -> Iterable[contrib.Page]:
    """The twins come first: `/sessions/{id}` would take `/sessions/x.json` for itself."""
    root = plugin == ROOT
    bare = page.path.rstrip("/") or f"/{page.name}"
    yield contrib.Page(
        path=f"{bare}.json",
        endpoint=Endpoint(house, plugin, page, "json").answer,
        name=f"{page.name}.json",
        root=root,
        response=page.model,
        summary=page.summary or page.title,
        params=_params(page),
        others="what the tab holds, where `tab` names one" if page.tabs else "",
        errors=(401, 403) if page.personal or page.permission else (),
        login=page.permission is not None,
    )
    forms: tuple[Form, ...] = ("csv", "png")
    for form in forms:
        endpoint = Endpoint(house, plugin, page, form).answer
        yield contrib.Page(path=f"{bare}.{form}", endpoint=endpoint, name=f"{page.name}.{form}", root=root)
    yield contrib.Page(path=page.path, endpoint=Endpoint(house, plugin, page, "html").answer, name=page.name, root=root)


def _refuse_long(request: Request) -> None:
    if len(request.url.query) > LONGEST_ADDRESS:
        raise BadRequest(f"What the address asks for is longer than {LONGEST_ADDRESS} characters.")


def _params(page: Page) -> dict[str, tuple[Any, str]]:
    """Everything that the address of a page may say."""
    told: dict[str, tuple[Any, str]] = {part: (str, SCOPE_HELP[part]) for part in page.scope.parts}
    tab = {"tab": (str, "key of a tab: its content")} if page.tabs else {}
    return {**told, **tab, **page.params}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One form of one page."""

    house: House
    plugin: str
    page: Page
    form: Form

    async def answer(self, request: Request) -> Response:
        """The page as document, JSON or CSV; a problem in a document looks like a page."""
        try:
            _refuse_long(request)
            if self.page.personal or self.page.permission is not None:
                return await self._personal(request)
            preferences = preferences_of(request, self.house.languages)
            query = tuple(sorted(request.query_params.multi_items()))
            base = self.house.base_address(request)
            look = (preferences.theme, preferences.size, base) if self.form == "html" else ()
            key = (self.plugin, self.page.name, self.form, request.url.path, query, preferences.language, *look)
            answer: Response = await request.app.state.answers.answer(request, key, lambda: self._make(request, None))
            return answer
        except Problem as problem:
            if self.form != "html":
                raise
            return refused(self.house, request, problem)

    async def _personal(self, request: Request) -> Response:
        permission = self.page.permission
        viewer = await (auth.require(request, permission) if permission else auth.viewer(request))
        made = await self._make(request, viewer)
        made.headers["Cache-Control"] = "private, no-store"
        return made

    async def _make(self, request: Request, viewer: auth.Viewer | None) -> Response:
        with self.house.speaking(request):
            return await self._made(request, viewer)

    async def _made(self, request: Request, viewer: auth.Viewer | None) -> Response:
        preferences = preferences_of(request, self.house.languages)
        asked = Asked(
            request=request,
            path=request.path_params,
            scope=scope_of(request, self.page.scope),
            preferences=preferences,
            text=self.house.texts(preferences.language).text,
            viewer=viewer,
        )
        if self.form == "png":
            card = self.house.cards.get((self.plugin, self.page.name))
            if card is None:
                raise NotFound("There is no picture of this page.")
            return await card_answer(card, self.page.load, asked)
        shown = await self.page.load(asked)
        if isinstance(shown, Moved):
            return RedirectResponse(self._moved(shown), 308 if shown.permanent else 303)
        if self.form == "html":
            if isinstance(shown, Missing):
                return missing(self.house, asked, shown)
            return await document(self.house, self.plugin, self.page, asked, shown)
        if isinstance(shown, Missing):
            raise NotFound(shown.detail or shown.heading)
        return await self._data(asked, shown)

    def _moved(self, moved: Moved) -> str:
        """A twin leads to the twin of where the page went."""
        if self.form == "html":
            return moved.address
        bare, _, query = moved.address.partition("#")[0].partition("?")
        return f"{bare}.{self.form}" + (f"?{query}" if query else "")

    async def _data(self, asked: Asked, shown: Shown) -> Response:
        model, tables = shown.model, self.page.tables
        placed = await self._tab(asked, shown)
        if placed is not None:
            if placed.block is None:
                raise NotFound(placed.nothing.reason if placed.nothing else "The tab is not available at the moment.")
            model = placed.block.model
            if self.form == "csv":
                return csv_answer(asked.request, self.page.name, placed.block.tables or {})
        if self.form == "csv":
            return csv_answer(asked.request, self.page.name, tables(model) if tables else {})
        answer = json_answer(asked.request, model, status=shown.status)
        if not shown.fresh:
            answer.headers["Cache-Control"] = "no-store"
        return answer

    async def _tab(self, asked: Asked, shown: Shown) -> Placed | None:
        """The tab that the address names; None where it names none."""
        wanted = asked.request.query_params.get("tab")
        if not wanted or shown.subject is None:
            return None
        block_asked = block_of(asked, shown)
        for each in self.house.tabs:
            if each.record.page == shown.subject.kind and each.record.key == wanted:
                return await place_tab(each, block_asked)
        raise NotFound("There is no such tab.")
