"""What `slomix doctor` asks of the dashboard."""

from __future__ import annotations

from collections.abc import Iterable

from slomix.contrib import Check, CheckResult
from slomix_webui import vendored


def checks() -> Iterable[Check]:
    """All of them."""
    yield Check(name="libraries", run=libraries)


async def libraries() -> CheckResult:
    """Are the browser's libraries there? Without them pages read, and nothing in them moves."""
    lacking = vendored.missing()
    if not lacking:
        return CheckResult(ok=True, detail=f"all {len(vendored.FILES)} files of the browser's libraries are there")
    return CheckResult(
        ok=False,
        detail=f"missing in {vendored.VENDOR}: {', '.join(lacking)}; pages read, but do without what needs them",
        next_step="in a checkout run `make vendor` (it needs npm), else install slomix-webui from its wheel",
    )
