"""What came of an offered file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OutcomeName = Literal["imported", "duplicate", "empty", "quarantined", "ignored", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one offered file. `artifact` is the SHA-256 of its content in hex.

    `failed` is for reports of many files only: `Pipeline.offer` raises `StoreError` instead.
    """

    name: str
    outcome: OutcomeName
    reason: str | None = None
    detail: str | None = None
    artifact: str | None = None
    round_id: str | None = None
    revision: bool = False
