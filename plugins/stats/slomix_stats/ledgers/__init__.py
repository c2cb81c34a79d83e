"""Tables that answer questions over many rounds, brought up to date when sessions are settled.

Everything in them can be made again from `stats.player_round`: what is kept is only so much that no page adds up a
lifetime. The ids of settled sessions may be of such that exist no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from slomix.events import DataChanged
from slomix.signals import signal
from slomix_stats.ledgers.achievements import keep_achievements
from slomix_stats.ledgers.attacks import keep_attacks
from slomix_stats.ledgers.bests import keep_bests
from slomix_stats.ledgers.pairs import keep_pairs
from slomix_stats.settle.counting import LOCK

if TYPE_CHECKING:
    from slomix.storage.database import Connection

_SETTLED = "update stats.settled set version = version + 1"

__all__ = ["keep_ledgers"]


async def keep_ledgers(tx: Connection, session_ids: Sequence[str], round_ids: Sequence[str]) -> None:
    """Bring bests, attacks, pairs and achievements up to date, after the sums of these sessions are.

    `round_ids` are rounds that began or ceased to count, or whose numbers are others now.
    """
    ids, rounds = list(session_ids), list(round_ids)
    if not ids:
        return
    await tx.execute(LOCK)
    await keep_bests(tx, ids, rounds)
    await keep_attacks(tx, ids, rounds)
    await keep_pairs(tx, ids)
    await keep_achievements(tx, ids, rounds)
    await tx.execute(_SETTLED)
    await signal(tx, DataChanged(what="settled"))
