"""From a view model to an answer: one Jinja2 environment, autoescape on, an unknown variable is an error."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from starlette.requests import Request
from starlette.responses import Response

from slomix.web import static
from slomix.web.api import answer
from slomix_webui import formats, markup
from slomix_webui.colours import coloured

PLUGIN = "webui"
#: Key, address and label of the entries of the menu.
NAVIGATION = (
    ("home", "/", "Latest"),
    ("sessions", "/sessions", "Nights"),
    ("players", "/players", "Players"),
    ("leaderboard", "/leaderboard", "Leaderboard"),
)


@cache
def environment() -> Environment:
    """The environment of all templates."""
    found = Environment(
        loader=PackageLoader("slomix_webui"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters.update(
        clock=formats.clock,
        count=formats.count,
        decimal=formats.decimal,
        percent=formats.percent,
        played=formats.played,
        plural=formats.plural,
        day=formats.day,
        long_day=formats.long_day,
        hour=formats.hour,
        zone=formats.zone,
        maps=formats.maps,
        coloured=coloured,
        player=markup.player,
        badge=markup.badge,
        cells=markup.cells,
    )
    found.globals["navigation"] = NAVIGATION
    found.globals["ui"] = found.get_template("macros.html").module
    return found


def page(
    request: Request,
    template: str,
    *,
    title: str,
    description: str,
    here: str = "",
    live: str | None = None,
    twin: str | None = None,
    status: int = 200,
    **values: Any,
) -> Response:
    """The page, or only what is inside `<main>` when the address says `?part=main` (the live update asks so).

    `here` is the key of the menu entry that is current. `live` makes the page update itself: the id of the session
    it shows, or `*` for any. `twin` is the address of the same as JSON.
    """
    values |= {"title": title, "description": description, "here": here, "live": live, "twin": twin}
    values["static"] = partial(static.url, request, PLUGIN)
    found = environment().get_template(template)
    part = request.query_params.get("part") == "main"
    body = _block(found, "main", values) if part else found.render(values)
    return answer(request, body.encode("utf-8", "replace"), media_type="text/html", status=status)


def _block(template: Template, name: str, values: dict[str, Any]) -> str:
    return "".join(template.blocks[name](template.new_context(values)))
