"""The picture of a page in link previews: the plugin draws it as SVG, here it becomes a PNG of 1200 x 630."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import resvg_py
from starlette.responses import Response

from slomix.web.api import NotFound
from slomix_webui.api import Missing, Moved, ShareCard, Shown

if TYPE_CHECKING:
    from slomix_webui.api import Asked

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
    """Fonts are the system's sans-serif, as the pages' are."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg(model), width=WIDTH, height=HEIGHT))
