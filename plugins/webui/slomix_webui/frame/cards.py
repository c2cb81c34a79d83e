"""The picture of a page in link previews: the plugin draws it as SVG, here it becomes a PNG of 1200 x 630."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import resvg_py
from starlette.responses import Response

from slomix.web.api import NotFound
from slomix_webui.api import Missing, Moved, ShareCard, Shown

if TYPE_CHECKING:
    from slomix_webui.api import Asked

FAMILY = "DejaVu Sans"
WIDTH = 1200
HEIGHT = 630


async def card_answer(
    card: ShareCard, load: Callable[[Asked], Awaitable[Shown | Missing | Moved]], asked: Asked
) -> Response:
    """The picture of what the page shows. Drawing takes some ten milliseconds, so a thread does it."""
    shown = await load(asked)
    if not isinstance(shown, Shown) or shown.status != 200:
        raise NotFound("There is no picture of this page.")
    png = await asyncio.to_thread(_png, card.svg, shown.model)
    return Response(png, media_type="image/png", headers={"Cache-Control": "no-cache"})


def _png(svg: Callable[[Any], str], model: Any) -> bytes:
    """`sans-serif` is DejaVu Sans; letters that it lacks come from the system's fonts."""
    drawn = svg(model)
    made = resvg_py.svg_to_bytes(
        svg_string=drawn, width=WIDTH, height=HEIGHT, font_files=list(_fonts()), sans_serif_family=FAMILY
    )
    return bytes(made)


@cache
def _fonts() -> tuple[str, ...]:
    """The files of the font: those that matplotlib brings (stats needs it), as a server may have none of its own."""
    found = find_spec("matplotlib")
    folder = Path(str(found.origin)).parent / "mpl-data" / "fonts" / "ttf" if found else Path()
    return tuple(str(folder / name) for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf") if (folder / name).is_file())
