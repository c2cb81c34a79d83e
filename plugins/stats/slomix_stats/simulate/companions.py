"""What a game server writes beside a stats file: awards and duels (endstats), and the report of the round's end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from slomix.names import clean_name
from slomix_stats.simulate.battle import Beat
from slomix_stats.simulate.statsfile import FileLine, stats_name
from slomix_stats.simulate.tally import Tally
from slomix_stats.simulate.truth import RoundTruth
from slomix_stats.simulate.weapons import GRENADE, MG42, PANZERFAUST, RIFLE_GRENADE

#: The endstats script writes so long after the stats script.
_AFTER = timedelta(seconds=1)
#: The stats file is written so many seconds after the round's end.
_WRITTEN_S = 3
_WARMUP_S = 20
_LIGHT = (2, 3, 4, 5, 6, 26)
_WHOLE_GUID = 32
_SIDES = {1: "Axis_JSON", 2: "Allies_JSON"}


class Companion(NamedTuple):
    """A file beside a stats file."""

    name: str
    data: bytes


class _Award(NamedTuple):
    label: str
    of: Callable[[Tally, Tally], float]
    more_than: float = 1
    text: str = "{:.0f}"


def _kills(*slots: int) -> Callable[[Tally, Tally], float]:
    return lambda running, alone: sum(alone.weapons[slot][2] for slot in slots if slot in alone.weapons)


#: In the script's order. What counts on over both rounds is taken of the first, the rest of the second.
_AWARDS = (
    _Award("Most damage given", lambda c, p: c.damage_given),
    _Award("Most damage received", lambda c, p: c.damage_received),
    _Award("Most team damage given", lambda c, p: c.team_damage_given),
    _Award("Most teamkills", lambda c, p: c.team_kills),
    _Award("Most selfkills", lambda c, p: c.self_kills),
    _Award("Most deaths", lambda c, p: c.deaths),
    _Award("Most kills per minute", lambda c, p: c.kills * 60 / c.played_s if c.kills > 10 else 0, 0, "{:.2f}"),
    _Award("Most light weapon kills", _kills(*_LIGHT)),
    _Award("Most riflenade kills", _kills(RIFLE_GRENADE)),
    _Award("Most grenade kills", _kills(GRENADE)),
    _Award("Most panzer kills", _kills(PANZERFAUST)),
    _Award("Most MG42 kills", _kills(MG42)),
    _Award("Most revives", lambda c, p: p.revives_given),
    _Award("Most revived", lambda c, p: p.times_revived),
    _Award("Best K/D ratio", lambda c, p: c.kills / max(c.deaths, 1) if c.kills > 9 else 0, 0, "{:.3f}"),
    _Award("Most dynamites planted", lambda c, p: p.planted),
    _Award("Most dynamites defused", lambda c, p: p.defused),
    _Award("Longest killing spree", lambda c, p: p.best_spree, 2),
    _Award("Longest death spree", lambda c, p: p.worst_spree, 2),
    _Award("Most corpse gibs", lambda c, p: c.gibs),
    _Award("Most kill assists", lambda c, p: p.assists),
    _Award("Most headshot kills", lambda c, p: p.headshot_kills),
    # The script names the wrong award twice: these are the most useful and the most useless kills.
    _Award("Longest killing spree", lambda c, p: p.best_spree if p.useful_kills else 0, 2),
    _Award("Most objectives stolen", lambda c, p: p.useless_kills, 3),
    _Award("Most playtime denied", lambda c, p: p.denied_s, 1, "{:.0f} seconds"),
    _Award("Most bullets fired", lambda c, p: c.shots),
)


def companions(truth: RoundTruth, lines: Sequence[FileLine], beats: Iterable[Beat]) -> list[Companion]:
    """The endstats and the gametimes file of a round."""
    stats = stats_name(truth.ended_at + _AFTER, truth.map, truth.number).removesuffix(".txt")
    end = int(truth.ended_at.timestamp()) - _WRITTEN_S
    return [
        Companion(f"{stats}-endstats.txt", _endstats(truth, lines, beats)),
        Companion(f"gametime-{truth.map}-R{truth.number}-{end}.json", _gametimes(truth, lines, end)),
    ]


def _endstats(truth: RoundTruth, lines: Sequence[FileLine], beats: Iterable[Beat]) -> bytes:
    rows = []
    for label, of, more_than, text in _AWARDS:
        best = max(lines, key=lambda line: of(line.running, line.alone))
        value = of(best.running, best.alone)
        if value > more_than:
            rows.append(f"{label}\t{clean_name(best.name)}\t{text.format(value)}")
    duels = Counter((beat.who, beat.whom) for beat in beats if beat.kind == "kill")
    names = {line.guid: clean_name(line.name) for line in lines}
    teams = {line.guid: line.team for line in lines}
    for line in lines:
        against = [
            (names[other], duels[line.guid, other], duels[other, line.guid])
            for other in names
            if {teams[line.guid], teams[other]} == {1, 2} and (duels[line.guid, other] or duels[other, line.guid])
        ]
        if against:
            rows.append(f"VS_HEADER\t{names[line.guid]}\t{_whole(line.guid)}")
            rows += [f"{name}\t{kills}\t{deaths}" for name, kills, deaths in sorted(against, key=lambda row: -row[1])]
    return "".join(f"{row}\n" for row in rows).encode()


def _gametimes(truth: RoundTruth, lines: Sequence[FileLine], end: int) -> bytes:
    seconds = round(min(truth.seconds, truth.limit_s))
    start = end - seconds
    reason = "surrender" if truth.ended_early else "objective" if truth.outcome == "objective" else "time_expired"
    attackers = 3 - truth.defender
    fields = {
        "Map": truth.map,
        "Round": truth.number,
        "Winner": truth.winner,
        "Defender": truth.defender,
        "Lua_Playtime": f"{seconds} sec",
        "Lua_Timelimit": f"{truth.limit_s / 60:.3f} min",
        "Lua_Pauses": "0 (0 sec)",
        "Lua_EndReason": reason,
        "Lua_Warmup": f"{_WARMUP_S} sec",
        "Lua_WarmupStart": start - _WARMUP_S,
        "Lua_RoundStart": start,
        "Lua_RoundEnd": end,
        "Lua_SurrenderTeam": attackers if truth.ended_early else 0,
        **{label: _roster(lines, side) for side, label in _SIDES.items()},
    }
    embed = {
        "title": f"Round Complete: {truth.map} R{truth.number}",
        "fields": [{"name": name, "value": str(value), "inline": True} for name, value in fields.items()],
        "footer": {"text": "Slomix Lua Webhook v1.6.2"},
    }
    meta: dict[str, Any] = {
        "map": truth.map,
        "round": truth.number,
        "round_start_unix": start,
        "round_end_unix": end,
        "actual_duration_seconds": seconds,
        "warmup_seconds": _WARMUP_S,
        "pause_seconds": 0,
        "pause_count": 0,
        "match_id": str(end),
        "spawn_stats": [_spawns(line) for line in lines if line.team in _SIDES],
    }
    payload = {"username": "ET:Legacy Stats", "content": "STATS_READY", "embeds": [embed]}
    return json.dumps({"meta": meta, "payload": payload}).encode()


def _roster(lines: Sequence[FileLine], side: int) -> str:
    return json.dumps([{"guid": _whole(line.guid), "name": line.name} for line in lines if line.team == side])


def _spawns(line: FileLine) -> dict[str, Any]:
    deaths, dead_s = line.alone.deaths + line.alone.self_kills, round(line.alone.dead_s)
    average = round(dead_s / deaths, 1) if deaths else 0
    return {
        "guid": _whole(line.guid),
        "name": clean_name(line.name),
        "spawns": deaths + 1,
        "deaths": deaths,
        "dead_seconds": dead_s,
        "avg_respawn": average,
        "max_respawn": round(average),
    }


def _whole(guid: str) -> str:
    """The whole GUID of which stats files have the beginning."""
    return guid.ljust(_WHOLE_GUID, "0")
