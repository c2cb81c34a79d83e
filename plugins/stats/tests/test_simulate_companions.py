"""What the simulator writes beside stats files agrees with them."""

from __future__ import annotations

from pathlib import Path

from slomix_stats.inputs import endstats, gametimes, peer
from slomix_stats.parser import parse
from slomix_stats.simulate import simulate
from slomix_stats.simulate.companions import companions
from slomix_stats.simulate.evening import begin_of_evening, play
from slomix_stats.simulate.feed import FIRST_EVENING
from slomix_stats.simulate.people import community
from slomix_stats.simulate.posted import posted
from slomix_stats.simulate.statsfile import file_name, render


def test_they_are_written_only_when_asked_for(tmp_path: Path) -> None:
    plain = list(simulate(tmp_path / "a", seed=3, rounds=4))
    more = list(simulate(tmp_path / "b", seed=3, rounds=4, companions=True))
    assert (len(plain), len(more)) == (4, 12)
    assert [path.read_bytes() for path in plain] == [path.read_bytes() for path in more[::3]]
    assert [path.suffix for path in more[:3]] == [".txt", ".txt", ".json"]


def test_they_tell_of_the_same_round() -> None:
    for played in play(5, 0, community(5), begin_of_evening(5, 0, FIRST_EVENING)):
        truth, lines, beats = played.truth(), played.lines, played.half.beats
        stats = parse(file_name(truth), render(truth, lines))
        awards, times = companions(truth, lines, beats)
        ends = endstats.parse(*awards)
        assert 0 < (ends.ended_local - stats.ended_local).total_seconds() < 5
        assert ends.names() <= {player.name for player in stats.players}
        kills = sum(row.kills for block in ends.blocks for row in block.rows)
        assert kills == sum(row.deaths for block in ends.blocks for row in block.rows)
        assert 0 < kills <= sum(player.tally.kills for player in truth.players.values())
        report = gametimes.parse(*times)
        assert (report.map, report.number) == (stats.map, stats.number)
        assert report.seconds is not None
        assert abs(report.seconds - truth.seconds) <= 1
        assert (report.end_reason == "surrender") == truth.ended_early
        assert {person.key for person in report.people} <= {player.key for player in stats.players}


def test_what_the_other_script_posts_is_the_same_round() -> None:
    for played in play(6, 0, community(6), begin_of_evening(6, 0, FIRST_EVENING)):
        truth, lines, beats = played.truth(), played.lines, played.half.beats
        stats = parse(file_name(truth), render(truth, lines))
        for generation in (1, 2):
            record = peer.parse(*posted(truth, lines, beats, generation))  # type: ignore[arg-type]
            mine = {
                player.key: (player.team, player.counter, player.weapons, player.values[:10])
                for player in record.players
            }
            assert mine == {
                player.key: (player.team, player.counter, player.weapons, player.values[:10])
                for player in stats.players
                if player.mask
            }
            assert (record.limit_s, record.target_s, record.winner) == (stats.limit_s, stats.target_s, stats.winner)
