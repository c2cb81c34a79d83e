"""Writing a round as the game server's script does: its grammar, its units, its habits (spec 1.1 to 1.6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from slomix_stats.simulate.tally import Tally
from slomix_stats.simulate.truth import RoundTruth


class Layout(NamedTuple):
    """Which script writes: 8 or 9 header fields, 33, 36, 37 or 38 extended fields."""

    header: int = 9
    fields: int = 38


#: The script of 2026.
CURRENT = Layout()


class FileLine(NamedTuple):
    """A player's line. `running` holds the counters since he came to the map, `alone` those of this round."""

    guid: str
    name: str
    counter: int
    team: int
    running: Tally
    alone: Tally


def file_name(truth: RoundTruth) -> str:
    """`YYYY-MM-DD-HHMMSS-<map>-round-N.txt` with the server's local time of writing."""
    return stats_name(truth.ended_at, truth.map, truth.number)


def stats_name(local: datetime, map_name: str, number: int) -> str:
    """The name of a stats file that is written at `local` (the server's wall clock)."""
    stamp = f"{local.year:04}-{local.month:02}-{local.day:02}-{local.hour:02}{local.minute:02}{local.second:02}"
    return f"{stamp}-{map_name}-round-{number}.txt"


def render(truth: RoundTruth, lines: Sequence[FileLine], layout: Layout = CURRENT) -> bytes:
    """The file's content: the header and one line per player, LF, in the given order."""
    text = [_header(truth, layout)]
    text.extend([_line(line, layout) for line in lines])
    text.append("")
    return "\n".join(text).encode()


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


def _header(truth: RoundTruth, layout: Layout) -> str:
    head = (
        f"{truth.server}\\{truth.map}\\{truth.config}\\{truth.number}\\{truth.defender}\\{truth.winner}"
        f"\\{_clock(truth.limit_s)}\\{_clock(truth.target_s)}"
    )
    return head if layout.header == 8 else f"{head}\\{int(truth.seconds * 1000)}"


def _line(line: FileLine, layout: Layout) -> str:
    mask = 0
    numbers = []
    weapons = line.running.weapons
    for slot in sorted(weapons):
        hits, shots, kills, deaths, heads = weapons[slot]
        # The script skips a slot that nothing happened with.
        if hits or shots or kills or deaths:
            mask |= 1 << slot
            numbers.append(f"{hits} {shots} {kills} {deaths} {heads} ")
    values = _values(line.running, line.alone)
    if layout.fields != 38:
        cells = values.split("\t")
        values = "\t".join(cells[:28] + cells[29:34] if layout.fields == 33 else cells[: layout.fields])
    return f"{line.guid}\\{line.name}\\{line.counter}\\{line.team}\\{mask} {''.join(numbers)}\t{values}"


def _values(c: Tally, p: Tally) -> str:
    """The 38 fields. `c` is cumulative over the map, `p` this round's; ratios mix them as the script does."""
    played, kills, deaths = c.played_s, c.kills, c.deaths
    alive_percent = 100 * c.alive_s / played if played else 0.0
    dead_ratio = 100 * p.dead_s / played if played else 0.0
    tank = c.damage_received / deaths / 130 if deaths and c.damage_received > 1000 else 0.0
    two, three, four, five, six = p.multikills
    return (
        f"{c.damage_given}\t{c.damage_received}\t{c.team_damage_given}\t{c.team_damage_received}\t{c.gibs}"
        f"\t{c.self_kills}\t{c.team_kills}\t{c.team_gibs}\t{alive_percent:.1f}\t{p.xp}\t{p.best_spree}"
        f"\t{p.worst_spree}\t{p.assists}\t{p.steals}\t{p.headshot_kills}\t{p.stolen}\t{p.returned}\t{p.planted}"
        f"\t{p.defused}\t{p.times_revived}\t{c.shots}\t0.0\t{played / 60:.1f}\t{tank if tank > 3 else 0.0:.1f}"
        f"\t{dead_ratio:.1f}\t{p.dead_s / 60:.1f}\t{kills / deaths if deaths else kills + 1:.1f}\t{p.useful_kills}"
        f"\t{p.denied_s}\t{two}\t{three}\t{four}\t{five}\t{six}\t{p.useless_kills}\t{p.full_self_kills}\t{p.repairs}"
        f"\t{p.revives_given}"
    )
