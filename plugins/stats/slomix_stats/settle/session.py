"""Settling sessions: derive them from what is stored of their rounds, and store what follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from slomix_stats.derive.model import DEFAULT_RULES, Rules
from slomix_stats.derive.session import derive_session
from slomix_stats.ledgers import keep_ledgers
from slomix_stats.settle import write
from slomix_stats.settle.counting import count
from slomix_stats.settle.load import load

if TYPE_CHECKING:
    from slomix.storage.database import Connection


async def settle(tx: Connection, session_ids: Sequence[str], rules: Rules = DEFAULT_RULES) -> None:
    """`slomix.contrib.Parser.settle`: bring everything that follows from these sessions up to date.

    A session that exists no more leaves nothing behind. The lock of the server of the sessions must be held.
    """
    loaded = await load(tx, session_ids)
    sessions = [derive_session(session, rules) for session in loaded.sessions]
    everyone = sorted({*session_ids, *(session.session_id for session in sessions)})
    standing = write.Standing(sessions, loaded.rounds)
    await write.write_rounds(tx, standing)
    await write.write_matches(tx, [match for session in sessions for match in session.matches], loaded.matches)
    await write.write_segments(tx, everyone, sessions)
    await write.write_findings(tx, everyone, sessions)
    await write.write_ends(tx, everyone)
    await count(tx, out=standing.out, into=standing.into)
    left = {each.session_id for each in standing.out}
    await keep_ledgers(tx, sorted(left.union(everyone)), [each.round_id for each in (*standing.out, *standing.into)])
