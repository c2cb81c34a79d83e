"""What becomes of stats about a person: exported, moved to another player, or a stranger's from now on."""

from __future__ import annotations

from slomix.contrib import People
from slomix_stats.people.export import export
from slomix_stats.people.forget import forget
from slomix_stats.people.move import move

__all__ = ["people"]


def people() -> People:
    """The record of `register_people`."""
    return People(export=export, forget=forget, move=move)
