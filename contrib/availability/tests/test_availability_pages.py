"""The pages keep what every page of the dashboard promises: structure, budget, axe."""

from __future__ import annotations

from slomix_webui.testing.pages import PageContract


class TestPages(PageContract):
    plugin = "availability"
