"""Rows of a player's GUIDs become another player's: for a merge or a split."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slomix_stats.settle.counting import uncount

if TYPE_CHECKING:
    from slomix.storage.database import Connection

ROUNDS = "select distinct round_id from stats.player_round where key = any($1) order by round_id"
MOVE = "update stats.player_round set player_id = $2 where key = any($1)"
# A vote is for who played that evening, so it goes with the rounds of that evening.
VOTES = """
update stats.mvp_vote v set player_id = $3
where v.player_id = $2 and v.session_id in (
    select r.session_id from stats.player_round p join slomix.round r on r.id = p.round_id where p.key = any($1)
)
"""


async def move(tx: Connection, keys: tuple[str, ...], from_player: str, to_player: str) -> None:
    """`slomix.contrib.People.move`: core settles the evenings afterwards, which makes everything else of it anew."""
    await uncount(tx, [row["round_id"] for row in await tx.fetch(ROUNDS, list(keys))])
    await tx.execute(VOTES, list(keys), from_player, to_player)
    await tx.execute(MOVE, list(keys), to_player)
