"""What `slomix doctor` asks of the derivation."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from slomix.contrib import Check, CheckResult
from slomix_stats.derive.model import DERIVATION_VERSION
from slomix_stats.inputs.checks import clocks_agree

if TYPE_CHECKING:
    from slomix.context import Db

OLDER = "select count(*) from stats.round where version < $1"


def checks(db: Db) -> Iterator[Check]:
    """The checks of stats."""
    yield Check(name="derivation", run=partial(_is_of_today, db))
    yield Check(name="inputs", run=partial(clocks_agree, db))


async def _is_of_today(db: Db) -> CheckResult:
    older = await db.fetchval(OLDER, DERIVATION_VERSION)
    if older:
        detail = f"the numbers of {older} rounds are of an older derivation than version {DERIVATION_VERSION}"
        return CheckResult(ok=False, detail=detail, next_step="run `slomix stats rebuild`")
    return CheckResult(ok=True, detail=f"all numbers are of version {DERIVATION_VERSION} of the derivation")
