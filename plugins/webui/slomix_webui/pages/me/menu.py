"""`/me/menu`: the reader's own menu, which a script puts into the head of pages that are the same for everybody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from slomix import contrib
from slomix.web import auth
from slomix_webui.frame.deeds import as_pages, asked_by
from slomix_webui.frame.document import plain
from slomix_webui.frame.house import House
from slomix_webui.pages.me.page import ways
from slomix_webui.parts import Entry

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from slomix.context import PluginContext


def routes(ctx: PluginContext) -> Iterable[contrib.Page]:
    """The route."""
    house = ctx.services.get(House)

    async def menu(request: Request) -> Response:
        return await _menu(house, request)

    yield contrib.Page(path="/me/menu", endpoint=as_pages(house, menu, changes=False), name="me.menu", root=True)


async def _menu(house: House, request: Request) -> Response:
    viewer = await auth.viewer(request)
    asked = asked_by(house, request, viewer)
    back = _from(request)
    items: list[Entry] = []
    if viewer is not None:
        items = [Entry(key=way.address, label=way.label, href=way.address) for way in ways(house, asked, viewer)]
    values = {
        "name": viewer.name if viewer is not None else "",
        "items": items,
        "out": f"{auth.LOGOUT}?{urlencode({'next': back})}",
        "login": auth.login_address(request, back_to=back),
    }
    return plain(house, asked, "webui/me/menu.html", asked.text("Your menu"), values)


def _from(request: Request) -> str:
    """The page that the menu is on."""
    parts = urlsplit(request.headers.get("referer", ""))
    if parts.netloc != request.headers.get("host"):
        return "/"
    return auth.own_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)
