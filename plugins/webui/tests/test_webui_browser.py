"""Every page of the dashboard, empty, small and large, as documents and in a real browser."""

from __future__ import annotations

from typing import ClassVar

from slomix_webui.testing.pages import Budget, PageContract


class TestPages(PageContract):
    plugin = "webui"
    unreachable = ("system.file", "system.job")  # no file is wrong here, and no job
    budgets: ClassVar = {
        "session": Budget(document=45_000, visit=250_000, nodes=3_000),
        "match": Budget(nodes=2_000),
    }
