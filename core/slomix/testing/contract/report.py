"""A pytest plugin that writes what came of each check into a file; `slomix plugin check` reads it."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from slomix.testing.contract.tiers import Tier, tier_of

VARIABLE = "SLOMIX_CHECK_ANSWERS"
LONGEST = 400


@dataclass(frozen=True, slots=True)
class Result:
    """One check: what it holds a plugin to, for which tier, whether it does, and the reason where it does not."""

    name: str
    tier: Tier
    title: str
    passed: bool
    reason: str

    def as_dict(self) -> dict[str, Any]:
        """As it is written in JSON."""
        return asdict(self)


def read(file: Path) -> list[Result]:
    """The results of a run."""
    return [Result(**one) for one in json.loads(file.read_text("utf-8"))]


_results: dict[str, Result] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    known = _results.get(item.nodeid)
    if known is None or known.passed:
        title = (item.function.__doc__ or item.name).strip().splitlines()[0]
        reason = "" if report.passed or call.excinfo is None else _sentence(call.excinfo.value)
        _results[item.nodeid] = Result(
            item.name.removeprefix("test_"), tier_of(item.function), title, report.passed, reason
        )
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    order = {"bronze": 0, "silver": 1, "gold": 2}
    results = sorted(_results.values(), key=lambda result: order[result.tier])
    if results:
        Path(os.environ[VARIABLE]).write_text(json.dumps([result.as_dict() for result in results]), "utf-8")


def _sentence(error: BaseException) -> str:
    """What a check said, without pytest's own lines below it; other errors whole, with their kind."""
    if isinstance(error, AssertionError):
        return (str(error).strip() or "AssertionError").splitlines()[0]
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:LONGEST]
