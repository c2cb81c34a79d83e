"""`slomix export awards` and `versus`: what endstats files say, also of rounds whose stats file is still awaited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slomix.contrib import Export
from slomix_stats.exports import Row, file_time, pick, plain_number, stream

_ROUND = """
    v.name as server, i.map, i.number as round_number, coalesce(r.ended_local, i.ended_local) as ended_local,
    r.utc_offset_s, i.round_id, r.match_id, r.session_id
"""
_FROM = """
join stats.input i on i.artifact = x.artifact and i.counts
left join slomix.round r on r.id = i.round_id
left join slomix.server v on v.id = coalesce(r.server_id, i.server_id)
"""
_ORDER = 'order by coalesce(r.ended_local, i.ended_local), v.name collate "C", i.artifact, x.place'

_AWARDS = f"""
select {_ROUND}, x.award, x.category, g.guid, x.player as name, x.value, x.text
from stats.award x {_FROM}
left join slomix.player_guid g on g.key = x.key
{_ORDER}
"""  # noqa: S608 - constants of this module

_VERSUS = f"""
select {_ROUND}, g.guid, x.subject as name, o.guid as opponent_guid, x.opponent as opponent_name, x.kills, x.deaths,
    case when x.subject is null then null when x.reconstructed then 'matrix' else 'file' end as subject_from
from stats.versus x {_FROM}
left join slomix.player_guid g on g.key = x.subject_key
left join slomix.player_guid o on o.key = x.opponent_key
{_ORDER}
"""  # noqa: S608 - constants of this module

_ROUND_COLUMNS = ("server", "map", "round_number", "ended_at", "round_id", "match_id", "session_id")
_AWARD_COLUMNS = (*_ROUND_COLUMNS, "award", "category", "guid", "name", "value", "text")
_VERSUS_COLUMNS = (
    *_ROUND_COLUMNS, "guid", "name", "opponent_guid", "opponent_name", "kills", "deaths", "subject_from",
)  # fmt: skip


def exports() -> Iterator[Export]:
    """What stats lets people take away of endstats files."""
    yield Export(
        kind="awards",
        columns=_AWARD_COLUMNS,
        rows=stream(_AWARDS, _award),
        summary="one row per award of a round, as its endstats file says",
    )
    yield Export(
        kind="versus",
        columns=_VERSUS_COLUMNS,
        rows=stream(_VERSUS, _duel),
        summary="who killed whom how often in a round, as its endstats file says",
    )


def _award(row: Row) -> dict[str, Any]:
    return pick(row, _AWARD_COLUMNS, ended_at=_moment(row), value=plain_number(row["value"]))


def _duel(row: Row) -> dict[str, Any]:
    return pick(row, _VERSUS_COLUMNS, ended_at=_moment(row))


def _moment(row: Row) -> str:
    """The round's end; of a round that is awaited, the file's wall clock, whose offset nobody knows."""
    local = row["ended_local"]
    if row["utc_offset_s"] is None:
        return str(local.isoformat(timespec="seconds"))
    return file_time(local, row["utc_offset_s"])
