"""What pages, commands and other plugins read: lists of demos and of highlights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from slomix_greatshot.api import DemoLine, HighlightLine
from slomix_greatshot.highlights import TITLES

if TYPE_CHECKING:
    from slomix.context import Reads

MOST = 200

_DEMOS = """
select * from greatshot.pub_demo d
where $1::text is null or (d.uploaded_at, d.id) < (select b.uploaded_at, b.id from greatshot.demo b where b.id = $1)
order by d.uploaded_at desc, d.id desc limit $2
"""
_DEMOS_OF = """
select * from greatshot.pub_demo d
where d.id in (select r.demo_id from greatshot.demo_round r where r.round_id = any($1::text[]))
order by d.uploaded_at desc, d.id desc limit 100
"""
_DEMO = "select * from greatshot.pub_demo where id = $1"
_HIGHLIGHTS_OF = """
select * from greatshot.pub_highlight where round_id = any($1::text[]) order by score desc, id limit $2
"""
_NIGHT = """
select h.* from greatshot.pub_highlight h join slomix.round s on s.id = h.round_id
where s.session_id = $1 order by h.score desc, h.id limit $2
"""
_TOP = """
select * from greatshot.pub_highlight
where ($1::text is null or kind = $1) and ($2::text is null or map = $2) order by score desc, id limit $3
"""
_PLAYER = "select * from greatshot.pub_highlight where player_id = $1 order by score desc, id limit $2"
_OF_DEMO = "select * from greatshot.pub_highlight where demo_id = $1 order by rank limit $2"
_MAPS = "select distinct map from greatshot.demo where map is not null and map <> '' order by map limit 200"


class Shelves:
    """Implements `api.GreatshotV1`."""

    def __init__(self, db: Reads) -> None:
        self._db = db

    async def demos(self, *, limit: int = 25, before: str | None = None) -> Sequence[DemoLine]:
        """See the protocol."""
        return [_demo(row) for row in await self._db.fetch(_DEMOS, before, min(limit, MOST))]

    async def demos_of(self, round_ids: Sequence[str]) -> Sequence[DemoLine]:
        """See the protocol."""
        return [_demo(row) for row in await self._db.fetch(_DEMOS_OF, list(round_ids))]

    async def demo(self, demo_id: str) -> DemoLine | None:
        """One demo."""
        row = await self._db.fetchrow(_DEMO, demo_id)
        return None if row is None else _demo(row)

    async def highlights_of(self, round_ids: Sequence[str], *, limit: int = 10) -> Sequence[HighlightLine]:
        """See the protocol."""
        return await self._lines(_HIGHLIGHTS_OF, list(round_ids), min(limit, MOST))

    async def night(self, session_id: str, *, limit: int = 3) -> Sequence[HighlightLine]:
        """See the protocol."""
        return await self._lines(_NIGHT, session_id, min(limit, MOST))

    async def top(
        self, *, kind: str | None = None, map_name: str | None = None, limit: int = 50
    ) -> Sequence[HighlightLine]:
        """See the protocol."""
        return await self._lines(_TOP, kind, map_name, min(limit, MOST))

    async def player(self, player_id: str, *, limit: int = 50) -> Sequence[HighlightLine]:
        """See the protocol."""
        return await self._lines(_PLAYER, player_id, min(limit, MOST))

    async def of_demo(self, demo_id: str) -> Sequence[HighlightLine]:
        """All moments of a demo, the best first."""
        return await self._lines(_OF_DEMO, demo_id, MOST)

    async def maps(self) -> Sequence[str]:
        """Maps that there are demos of."""
        return [row["map"] for row in await self._db.fetch(_MAPS)]

    async def _lines(self, query: str, *values: Any) -> Sequence[HighlightLine]:
        return [_line(row) for row in await self._db.fetch(query, *values)]


def _demo(row: Any) -> DemoLine:
    return DemoLine(
        demo_id=row["id"],
        name=row["name"],
        size=row["size"],
        state=row["state"],
        reason=row["reason"],
        uploaded_at=row["uploaded_at"],
        recorded_at=row["recorded_at"],
        map=row["map"],
        version=row["version"],
        seconds=row["length_ms"] // 1000,
        players=row["players"],
        kills=row["kills"],
        highlights=row["highlights"],
        round_ids=tuple(row["round_ids"]),
        available=row["available"],
    )


def _line(row: Any) -> HighlightLine:
    return HighlightLine(
        highlight_id=row["id"],
        demo_id=row["demo_id"],
        kind=row["kind"],
        title=TITLES.get(row["kind"], row["kind"]),
        player=row["name"],
        player_raw=row["name_raw"],
        player_id=row["player_id"],
        map=row["map"],
        round_id=row["round_id"],
        recorded_at=row["recorded_at"],
        uploaded_at=row["uploaded_at"],
        clock_s=row["clock_ms"] // 1000,
        seconds=row["length_ms"] / 1000,
        kills=row["kills"],
        headshots=row["headshots"],
        score=row["score"],
        explanation=f"{row['name']}: {row['sentence']}",
        has_clip=row["has_clip"],
    )
