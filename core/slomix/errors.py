"""Every error that a plugin may raise or meet. Each text says what, where and what to do next."""

from __future__ import annotations

from typing import Literal, get_args

from slomix.redact import mask

QuarantineReason = Literal[
    "bad_name",
    "not_text",
    "too_large",
    "bad_header",
    "header_mismatch",
    "bad_line",
    "weapon_count",
    "unknown_layout",
    "truncated",
    "duplicate_guid",
    "impossible_value",
]
QUARANTINE_REASONS: tuple[QuarantineReason, ...] = get_args(QuarantineReason)


class SlomixError(Exception):
    """Base of all errors that are shown to a person as one readable sentence."""

    exit_code = 1

    def __str__(self) -> str:
        """The sentence, without what a driver or a plugin may have put into it and nobody should read."""
        return mask(super().__str__())


class SettingsError(SlomixError):
    """A setting is missing, unknown or malformed; names the setting and where it was read."""

    exit_code = 78


class NotHealthy(SlomixError):
    """The program can not run as asked: a plugin failed under `strict`, or the database is unusable."""

    exit_code = 3


class DatabaseUnavailable(NotHealthy):
    """PostgreSQL can not be found, started or reached."""


class MigrationError(NotHealthy):
    """A migration failed, changed after it was applied, or is newer than this program."""


class PluginError(SlomixError):
    """A plugin broke a rule of the host; names the plugin."""


class BadArtifact(SlomixError):
    """A parser refuses a file. The file is quarantined whole, with its bytes.

    `reason` is one of `QUARANTINE_REASONS`, `detail` a sentence for a person, `line` counts from 1.
    """

    def __init__(self, reason: QuarantineReason, detail: str, *, line: int | None = None) -> None:
        super().__init__(f"{reason}: {detail}" if line is None else f"{reason}: line {line}: {detail}")
        self.reason: QuarantineReason = reason
        self.detail = detail if line is None else f"line {line}: {detail}"
        self.line = line


class EmptyArtifact(SlomixError):
    """A parser accepts a file that holds no round (a stats file with a header and no player)."""
