"""Tables for `slomix export`: demos and highlights."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from slomix.contrib import Export

if TYPE_CHECKING:
    from slomix.context import Db

DEMO_COLUMNS = (
    "id", "name", "size", "state", "uploaded_at", "recorded_at", "map", "version", "length_ms", "players", "kills",
    "highlights", "round_ids",
)  # fmt: skip
HIGHLIGHT_COLUMNS = (
    "id", "demo_id", "kind", "score", "kills", "headshots", "clock_ms", "length_ms", "name", "player_id", "map",
    "round_id", "sentence",
)  # fmt: skip
_DEMOS = "select * from greatshot.pub_demo order by uploaded_at, id"
_HIGHLIGHTS = "select * from greatshot.pub_highlight order by demo_id, rank"


async def _rows(db: Db, query: str, columns: tuple[str, ...]) -> AsyncIterator[Mapping[str, Any]]:
    async with db.transaction(read_only=True) as tx:
        async for row in tx.cursor(query, prefetch=500):
            yield {name: _plain(row[name]) for name in columns}


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return " ".join(value) if isinstance(value, list) else value


def exports() -> Iterable[Export]:
    """Both kinds."""

    def demos(db: Db) -> AsyncIterator[Mapping[str, Any]]:
        return _rows(db, _DEMOS, DEMO_COLUMNS)

    def highlights(db: Db) -> AsyncIterator[Mapping[str, Any]]:
        return _rows(db, _HIGHLIGHTS, HIGHLIGHT_COLUMNS)

    yield Export(kind="demos", columns=DEMO_COLUMNS, rows=demos, summary="one row per demo")
    yield Export(kind="highlights", columns=HIGHLIGHT_COLUMNS, rows=highlights, summary="one row per highlight")
