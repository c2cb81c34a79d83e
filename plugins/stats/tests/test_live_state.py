"""From live events to the state of a server: pure."""

from __future__ import annotations

from typing import Any

import pytest

from slomix_stats.live import events as e
from slomix_stats.live.events import BadBatch, read_batch
from slomix_stats.live.state import LiveState, Told, apply, from_json, take, to_json

NOW = 1_790_000_000_000


class Server:
    """A state with the events it took; `engine` events carry the level time, `script` events do not."""

    def __init__(self) -> None:
        self.state = LiveState()
        self.at = NOW

    def engine(self, kind: type[e.LiveEvent], level_ms: int, **fields: Any) -> Told | None:
        return apply(self.state, kind(n=0, at=0, level_ms=level_ms, **fields), self.at)

    def script(self, kind: type[e.LiveEvent], **fields: Any) -> Told | None:
        return apply(self.state, kind(n=0, at=0, **fields), self.at)

    def kills(self) -> dict[int, int]:
        return {slot: player.kills for slot, player in self.state.players.items()}


@pytest.fixture
def server() -> Server:
    here = Server()
    here.engine(e.Loaded, 0, map="supply")
    for slot, team in enumerate((1, 1, 2, 2)):
        here.engine(e.Player, 10, slot=slot, name=f"^{slot}p{slot}", team=team)
    here.engine(e.RoundStart, 1000)
    return here


def test_the_roster_is_by_slot_and_the_feed_names_who_it_was(server: Server) -> None:
    told = server.engine(e.Kill, 2000, killer=0, victim=2, weapon="MOD_MP40")
    assert told is not None
    assert told.actor is not None
    assert told.target is not None
    assert (told.actor.name, told.actor.name_raw, told.actor.side) == ("p0", "^0p0", "axis")
    assert (told.target.slot, told.target.side, told.what) == (2, "allies", "MOD_MP40")
    left = server.engine(e.Disconnect, 2100, slot=0)
    assert left is not None
    assert left.type == "leave"
    assert 0 not in server.state.players
    assert server.engine(e.Disconnect, 2200, slot=0) is None


@pytest.mark.parametrize("script_first", [True, False])
def test_a_kill_that_both_logs_tell_of_counts_once(server: Server, script_first: bool) -> None:
    for first in (script_first, not script_first):
        kill = server.script if first else lambda kind, **f: server.engine(kind, 3000, **f)
        kill(e.Kill, killer=0, victim=2, weapon="MOD_MP40")
        server.at += 1400
    assert server.kills()[0] == 1
    assert server.state.kills == {1: 1}


def test_kills_of_one_log_and_later_ones_are_kills_of_their_own(server: Server) -> None:
    for _ in range(2):
        server.engine(e.Kill, 3000, killer=0, victim=2, weapon="MOD_MP40")
    assert server.kills()[0] == 2
    server.at += 1501
    server.script(e.Kill, killer=0, victim=2, weapon="9")
    assert server.kills()[0] == 3


def test_self_kills_team_kills_and_the_world_are_no_kills(server: Server) -> None:
    for killer, victim in ((0, 0), (0, 1), (1022, 2)):
        server.engine(e.Kill, 3000, killer=killer, victim=victim, weapon="MOD_X")
    assert set(server.kills().values()) == {0}
    assert [server.state.players[slot].deaths for slot in range(4)] == [1, 1, 1, 0]


def test_level_time_that_jumps_back_is_a_restart(server: Server) -> None:
    server.engine(e.Kill, 60_000, killer=0, victim=2, weapon="MOD_MP40")
    server.engine(e.Say, 59_500, text="lines may be a little out of order")
    assert server.kills()[0] == 1
    server.engine(e.Say, 400, text="restart")
    assert server.kills() == {0: 0, 1: 0, 2: 0, 3: 0}
    assert (server.state.phase, server.state.round, server.state.started_at) == ("warmup", 1, None)


def test_rounds_of_a_map_follow_from_what_ended(server: Server) -> None:
    seen = [server.state.round]
    steps: list[tuple[type[e.LiveEvent], dict[str, Any]]] = [
        (e.Loaded, {"map": "supply"}),  # a restart before anything ended
        (e.RoundEnd, {"reason": "Timelimit hit."}),
        (e.RoundEnd, {"reason": "Wolf EndRound."}),
        (e.Loaded, {"map": "supply"}),
        (e.RoundEnd, {}),
        (e.Loaded, {"map": "supply"}),  # played again
        (e.RoundEnd, {}),
        (e.Loaded, {"map": "radar"}),
    ]
    for kind, fields in steps:
        server.engine(kind, 0, **fields)
        seen.append(server.state.round)
    assert seen == [1, 1, 1, 1, 2, 2, 1, 1, 1]


def test_the_script_tells_the_map_again_and_again(server: Server) -> None:
    server.engine(e.Kill, 2000, killer=0, victim=2, weapon="MOD_MP40")
    assert server.script(e.OnMap, map="supply") is None
    assert server.kills()[0] == 1
    assert server.script(e.OnMap, map="radar") is not None
    assert (server.state.map, server.kills()[0]) == ("radar", 0)


def test_numbers_and_places_stay_out_of_the_feed(server: Server) -> None:
    assert server.script(e.Tally, slot=0, damage_given=120, damage_received=30) is None
    assert server.script(e.Move, positions=[[0, 10.5, -3.0, 90.0], [9, 1, 1]]) is None
    assert server.engine(e.Score, 9000, slot=0, xp=41) is None
    player = server.state.players[0]
    assert (player.damage_given, player.damage_received, player.position, player.xp) == (120, 30, (10.5, -3.0), 41)


def test_a_state_survives_being_stored(server: Server) -> None:
    server.engine(e.Kill, 3000, killer=0, victim=2, weapon="MOD_MP40")
    server.state.senders["a" * 32] = 7
    assert from_json(to_json(server.state)) == server.state
    assert from_json({"map": 3}) == LiveState()


def batch(*numbers: int, sent: int = NOW, at: int = NOW, sender: str = "a" * 32) -> e.Batch:
    return e.Batch(sender=sender, sent=sent, events=[e.Say(n=n, at=at, text=str(n)) for n in numbers])


def test_a_batch_that_is_sent_again_changes_nothing() -> None:
    state = LiveState()
    told, new = take(state, batch(1, 2), NOW)
    assert ([entry.what for entry in told], new) == (["1", "2"], 2)
    told, new = take(state, batch(1, 2, 3), NOW)
    assert ([entry.what for entry in told], new) == (["3"], 1)
    assert take(state, batch(1, sender="b" * 32), NOW)[1] == 1


def test_a_clock_that_is_wrong_does_no_harm() -> None:
    hours = 3 * 3_600_000
    told, _ = take(LiveState(), batch(1, sent=NOW + hours, at=NOW + hours - 700), NOW)
    assert told[0].at == NOW - 700
    told, _ = take(LiveState(), batch(1, at=NOW + hours), NOW)
    assert told[0].at == NOW


def test_senders_do_not_pile_up() -> None:
    state = LiveState()
    for number in range(40):
        take(state, batch(1, sender=f"{number:032x}"), NOW)
    assert len(state.senders) == 8


HEAD = b'{"sender": "%s", "sent": 1, "events": [' % (b"a" * 32)
SAY = b'{"type": "say", "n": 1, "at": 1, "text": "hello"}'


@pytest.mark.parametrize(
    "events",
    [
        b'{"type": "sayteam", "n": 1, "at": 1, "text": "secret"}',
        b'{"type": "saybuddy", "n": 1, "at": 1, "text": "secret"}',
        b'{"type": "say", "n": 1, "at": 1, "text": "hello", "guid": "0123456789ABCDEF"}',
        b'{"type": "say", "n": -1, "at": 1, "text": "hello"}',
        b'{"type": "say", "n": 1, "at": 1, "text": "%s"}' % (b"x" * 257),
        b'{"type": "kill", "n": 1, "at": 1, "killer": 1, "victim": 4000, "weapon": "MOD"}',
        b'{"type": "move", "n": 1, "at": 1, "positions": [[1, 2]]}',
        b'{"type": "say", "n": 1, "at": 1, "text": "\xff"}',
        b'{"n": 1, "at": 1, "text": "hello"}',
        b",".join([SAY] * 201),
        SAY[:-1],
    ],
)
def test_a_batch_with_something_unknown_in_it_is_refused(events: bytes) -> None:
    assert len(read_batch(HEAD + SAY + b"]}").events) == 1
    with pytest.raises(BadBatch):
        read_batch(HEAD + events + b"]}")
