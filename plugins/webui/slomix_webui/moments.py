"""Moments as `time` elements. They stand in most rows, and the same ones on many pages, so they are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from markupsafe import Markup

from slomix_webui import formats
from slomix_webui.html import fill
from slomix_webui.wording import language


def at(moment: datetime) -> Markup:
    """The clock, `21:03`; the day and the zone in the tooltip."""
    return _at(moment, moment.utcoffset(), language())


def on(moment: datetime) -> Markup:
    """The day, `Sun 19 Oct 2025`."""
    return _on(moment, moment.utcoffset(), language())


def span(start: datetime, end: datetime) -> Markup:
    """From one clock to another: `21:03–23:40`."""
    return fill('<span class="nowrap">{}–{}</span>', at(start), at(end))


# Moments are equal in every zone, and are told in their own: the offset is a part of the key, and so is the language.
@lru_cache(maxsize=4096)
def _at(moment: datetime, offset: timedelta | None, spoken: str) -> Markup:
    told = f"{formats.long_day(moment)}, {formats.hour(moment)} ({formats.zone(moment)})"
    return fill(
        '<time datetime="{}" data-shape="hour" title="{}">{}</time>', moment.isoformat(), told, formats.hour(moment)
    )


@lru_cache(maxsize=4096)
def _on(moment: datetime, offset: timedelta | None, spoken: str) -> Markup:
    return fill('<time datetime="{}" data-shape="day">{}</time>', moment.isoformat(), formats.day(moment))
