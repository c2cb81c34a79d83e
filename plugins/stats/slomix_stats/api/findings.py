"""What checks noticed in the stored rounds (`docs/checks.md` lists the codes)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FindingSeverity = Literal["fatal", "invalid", "warn", "info"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFinding:
    """A finding with where it belongs: `round`, `match`, `session` and `player` are ids. `explained`: it says where it
    comes from; else numbers cannot be right."""

    code: str
    severity: FindingSeverity
    round: str | None
    match: str | None
    session: str | None
    player: str | None
    text: str
    explained: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFindings:
    """Findings of one session, in the order of time."""

    session_id: str
    findings: tuple[StoredFinding, ...]
    unexplained: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingCount:
    """How often a check noticed something. `looks_at` says what holds where it notices nothing."""

    code: str
    severity: FindingSeverity
    looks_at: str
    explained: bool
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataQuality:
    """Findings of all sessions, counted; and the first of those that nothing explains (at most 100)."""

    counts: tuple[FindingCount, ...]
    unexplained: tuple[StoredFinding, ...]
