"""A round as the other common Lua script posts it, in both generations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from slomix_stats.simulate.battle import Beat
from slomix_stats.simulate.companions import Companion
from slomix_stats.simulate.statsfile import FileLine
from slomix_stats.simulate.truth import RoundTruth

_WRITTEN_S = 3
#: Level time when the round starts.
_START_MS = 61_000
_WHOLE_GUID = 32


def posted(
    truth: RoundTruth, lines: Sequence[FileLine], beats: Iterable[Beat], generation: Literal[1, 2] = 1
) -> Companion:
    """What the script posts at the end of a round."""
    end = int(truth.ended_at.timestamp()) - _WRITTEN_S
    info: dict[str, Any] = {
        "servername": truth.server,
        "config": truth.config,
        "mapname": truth.map,
        "matchID": str(end),
        "server_ip": "192.0.2.1",
        "server_port": "27960",
        "round": truth.number,
        "defenderteam": truth.defender,
        "winnerteam": truth.winner,
        "timelimit": _clock(truth.limit_s),
        "nextTimeLimit": _clock(truth.target_s),
        "round_start": _START_MS,
        "round_end": _START_MS + int(truth.seconds * 1000),
        "round_start_unix": end - int(truth.seconds),
        "round_end_unix": end,
    }
    content: dict[str, Any] = {"round_info": info, "player_stats": {_whole(line.guid): _player(line) for line in lines}}
    if generation == 2:
        info["stats_version"] = "2.1.0"
        content["metadata"] = {"features": {}, "scores": {}}
        content["gamelog"] = [_event(beat, truth.number, end) for beat in beats]
    stamp = f"{truth.ended_at:%Y-%m-%d-%H%M%S}"
    kind = "gamestats" if generation == 1 else "stats"
    return Companion(f"{kind}-{end}-{stamp}-{truth.map}-round-{truth.number}.json", json.dumps(content).encode())


def _player(line: FileLine) -> dict[str, Any]:
    running, alone = line.running, line.alone
    mask, weapons = 0, []
    for slot in sorted(running.weapons):
        hits, shots, kills, deaths, heads = running.weapons[slot]
        if hits or shots or kills or deaths:
            mask |= 1 << slot
            weapons += [hits, shots, kills, deaths, heads]
    percent = 100 * running.alive_s / running.played_s if running.played_s else 0.0
    numbers = [
        mask, *weapons, running.damage_given, running.damage_received, running.team_damage_given,
        running.team_damage_received, running.gibs, running.self_kills, running.team_kills, running.team_gibs,
        f"{percent:.1f}", alone.xp,
    ]  # fmt: skip
    return {
        "guid": line.guid,
        "name": line.name,
        "rounds": str(line.counter),
        "team": str(line.team),
        "weaponStats": [str(number) for number in numbers],
        "obj_planted": {str(_START_MS + at): "objective" for at in range(alone.planted)},
        "obj_taken": {str(_START_MS + at): "objective" for at in range(alone.stolen)},
    }


def _event(beat: Beat, number: int, end: int) -> dict[str, Any]:
    who, whom = ("killer", "victim") if beat.kind == "kill" else ("player", "victim")
    return {
        "match_id": str(end),
        "round_id": number,
        "unixtime": end * 1000,
        "leveltime": _START_MS + int(beat.at * 1000),
        "group": "player",
        "label": beat.kind,
        who: _whole(beat.who),
        whom: _whole(beat.whom),
        "weapon": beat.slot,
    }


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


def _whole(guid: str) -> str:
    return guid.ljust(_WHOLE_GUID, "0")
