"""What every template can use, those of third parties as well: numbers, times, names and links."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slomix_webui import formats, lines, markup, nights, weapons
from slomix_webui.colours import coloured

FILTERS: Mapping[str, Callable[..., Any]] = {
    "clock": formats.clock,
    "count": formats.count,
    "decimal": formats.decimal,
    "percent": formats.percent,
    "measured": formats.measured,
    "played": formats.played,
    "plural": formats.plural,
    "day": formats.day,
    "long_day": formats.long_day,
    "near_day": formats.near_day,
    "hour": formats.hour,
    "zone": formats.zone,
    "timestamp": datetime.timestamp,
    "season": formats.season,
    "maps": formats.maps,
    "night_row": nights.night_row,
    "coloured": coloured,
    "player": markup.player,
    "badge": markup.badge,
    "cells": markup.cells,
    "numbers": lines.numbers,
    "weapon": weapons.weapon_name,
}
