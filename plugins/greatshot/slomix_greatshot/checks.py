"""What `slomix doctor` asks of greatshot."""

from __future__ import annotations

from collections.abc import Iterable

from slomix.contrib import Check, CheckResult


async def reader() -> CheckResult:
    """Which reader runs. Both are right; one is about a hundred times faster."""
    from slomix_greatshot.demo import READER
    from slomix_greatshot.demo.sources import VARIABLE, forced

    if READER == "native":
        return CheckResult(ok=True, detail="demos are read by the native reader")
    if forced():
        return CheckResult(ok=True, detail=f"demos are read by the Python reader, as {VARIABLE} says")
    return CheckResult(
        ok=True,
        detail="demos are read by the Python reader (a 20-minute demo takes some seconds)",
        next_step="install a compiler and slomix-greatshot anew (`make native` in a checkout) to read them at once",
    )


def checks() -> Iterable[Check]:
    yield Check(name="reader", run=reader)
