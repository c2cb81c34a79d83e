"""The record that `slomix ingest --json` prints and an upload is answered with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from slomix.ingest.outcome import Outcome, OutcomeName

COUNTED: tuple[OutcomeName, ...] = ("imported", "duplicate", "empty", "quarantined", "ignored")


def report(outcomes: Sequence[Outcome], *, seconds: float) -> dict[str, Any]:
    """`received` is the sum of the five counts after it; files that failed are in `files` only.

    A file is `{"name", "outcome", "reason"}`, with `"revision": true` where it replaced an earlier one of its round.
    """
    counts = Counter(outcome.outcome for outcome in outcomes)
    return {
        "received": sum(counts[name] for name in COUNTED),
        **{name: counts[name] for name in COUNTED},
        "seconds": round(seconds, 3),
        "files": [_file(outcome) for outcome in outcomes],
    }


def _file(outcome: Outcome) -> dict[str, Any]:
    line: dict[str, Any] = {"name": outcome.name, "outcome": outcome.outcome, "reason": outcome.reason}
    return {**line, "revision": True} if outcome.revision else line
