"""The style sheet: files of one layer or two each, in this order, served as one."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "css"
#: The files of the bundle `webui.css`; `tokens.css` names the layers, so it comes first.
BUNDLE = (
    "tokens.css",
    "base.css",
    "frame.css",
    "layout.css",
    "badges.css",
    "verdict.css",
    "blocks.css",
    "tables.css",
    "lists.css",
    "nights.css",
    "live.css",
    "acts.css",
    "controls.css",
    "scope.css",
    "menus.css",
    "charts.css",
    "names.css",
    "themes.css",
    "print.css",
)


def stylesheet() -> str:
    """The whole style sheet as text."""
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in BUNDLE)
