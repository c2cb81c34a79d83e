"""Themes in which pages are looked at, as a reader gets them: from the system, or chosen in a cookie."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Literal

from slomix.testing.browser import WIDTHS, Browser, View
from slomix_webui.frame.preferences import THEME_COOKIE

Look = Literal["dark", "light", "contrast"]
LOOKS: tuple[Look, ...] = ("dark", "light", "contrast")

__all__ = ["LOOKS", "WIDTHS", "Look", "looking"]


def looking(
    browser: Browser, address: str, *, width: int = 1366, look: Look = "dark", cookies: Mapping[str, str] | None = None
) -> AbstractAsyncContextManager[View]:
    """A view of an address in a theme: dark and light are the system's, high contrast is chosen."""
    chosen = {THEME_COOKIE: "contrast"} if look == "contrast" else {}
    return browser.view(
        address,
        width=width,
        scheme="light" if look == "light" else "dark",
        contrast=look == "contrast",
        cookies={**chosen, **(cookies or {})},
    )
