"""Menu, styles, scripts and templates for the dashboard."""

from __future__ import annotations

from collections.abc import Iterable

from slomix_greatshot.web.marks import timeline
from slomix_greatshot.web.views import MESSAGES, TEMPLATES, matrix
from slomix_webui.api import Asset, NavItem, Templates


def nav() -> Iterable[NavItem]:
    """One entry; top shots are a step from there."""
    yield NavItem(
        slot="main", label="Demos", address="/greatshot/", order=65, pages=("demos", "demo", "top"), icon="play"
    )


def assets() -> Iterable[Asset]:
    """The style of our pages, and the script that sends files."""
    yield Asset(path="greatshot.css", kind="style")
    yield Asset(path="upload.js", kind="island", name="greatshot-upload")


def templates() -> Iterable[Templates]:
    """Our templates, with the two drawings as filters."""
    yield Templates(folder=TEMPLATES, messages=MESSAGES, filters={"timeline": timeline, "matrix": matrix})
