"""What templates call `ui` and `chart`: the macros of `templates/ui/*.html` and the pieces written in Python.

A plugin's template gets the same. One name means one thing: two macros of the same name are an error at the start.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from types import SimpleNamespace
from typing import Any, cast

from jinja2 import Environment
from jinja2.environment import TemplateModule

from slomix_webui import badges, charts, icons, markup, moments, strips
from slomix_webui.colours import coloured
from slomix_webui.wording import ENGLISH, Text, speaker, speaking

#: Files of macros.
MACROS = ("head", "verdict", "blocks", "table", "controls", "lists", "frame")
#: Pieces without words of their own.
SILENT: dict[str, Callable[..., Any]] = {
    "icon": icons.icon,
    "sprite": icons.sprite,
    "tag": badges.tag,
    "avatar": badges.avatar,
    "team": markup.badge,
    "player": markup.player,
    "cells": markup.cells,
    "meter": markup.meter,
    "name": coloured,
    "strip": strips.strip,
    "at": moments.at,
    "on": moments.on,
    "span": moments.span,
}
#: Pieces that say something.
SPEAKING: dict[str, Callable[..., Any]] = {
    "side": badges.side,
    "role": badges.role,
    "quality": badges.quality,
    "band": badges.band,
    "change": badges.change,
    "explain": badges.explain,
}


def install(environment: Environment, prefix: str = "") -> None:
    """Give an environment `ui` and `chart`. `prefix` is what our templates' names begin with in its loader.

    The environment's global `_` translates; without one everything is English.
    """
    text = cast(Text, environment.globals.setdefault("_", _as_it_is))
    language = str(environment.globals.get("language", ENGLISH))
    ui = SimpleNamespace(**SILENT, **{name: _in(text, language, piece) for name, piece in SPEAKING.items()})
    drawn = {name: getattr(charts, name) for name in charts.__all__}
    chart = {name: maker if isinstance(maker, type) else _in(text, language, maker) for name, maker in drawn.items()}
    environment.globals["ui"] = ui
    environment.globals["chart"] = SimpleNamespace(**chart)
    for name in MACROS:
        _add(ui, environment.get_template(f"{prefix}ui/{name}.html").module)


def _add(ui: SimpleNamespace, module: TemplateModule) -> None:
    for name, macro in vars(module).items():
        if name.startswith("_") or not callable(macro):
            continue
        if hasattr(ui, name):
            raise ValueError(f"two pieces of the dashboard are called ui.{name}; rename the macro in {module}")
        setattr(ui, name, macro)


def _in(text: Text, language: str, piece: Callable[..., Any]) -> Callable[..., Any]:
    ours = (text, language)

    @wraps(piece)
    def said(*args: Any, **kwargs: Any) -> Any:
        if speaker() == ours:
            return piece(*args, **kwargs)
        with speaking(text, language):
            return piece(*args, **kwargs)

    return said


def _as_it_is(message: str, **values: Any) -> str:
    return message.format(**values) if values else message
