"""Awards of a session, computed from its rounds' numbers. Pure.

Fun awards have thresholds per round and one sentence each; the others are first places that only need a number above
nothing. Who played less than 2 minutes wins nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from slomix_stats.metrics import basic
from slomix_stats.metrics.registry import Sums

#: Played seconds that an award takes.
LEAST_S = 120


@dataclass(frozen=True, slots=True)
class Won:
    """An award: who (an index of the players given), by what value, and the words for it."""

    key: str
    title: str
    emoji: str
    category: str
    player: int
    value: float
    text: str
    #: `text` with `{value}` in place of the value, for other languages.
    pattern: str


@dataclass(frozen=True, slots=True)
class _Fun:
    key: str
    title: str
    emoji: str
    category: str
    #: What is compared; None: not in the running.
    value: Callable[[Sums], float | None]
    text: str


def _of(sums: Sums, name: str) -> float:
    return sums.get(name) or 0.0


def _rounds(sums: Sums, column: str | None = None) -> float:
    """Rounds, of which only those that know `column`."""
    known = sums.get(f"{column}_known") if column else None
    return max(1.0, known if known is not None else _of(sums, "rounds"))


def most_revived(sums: Sums) -> float | None:
    """`times_revived`, at least one per round."""
    value = _of(sums, "times_revived")
    return value if value >= _rounds(sums, "times_revived") else None


def top_medic(sums: Sums) -> float | None:
    """`revives_given`, at least one per round."""
    value = _of(sums, "revives_given")
    return value if value >= _rounds(sums, "revives_given") else None


def cleanup(sums: Sums) -> float | None:
    """`gibs`, at least 2.5 per round."""
    value = _of(sums, "gibs")
    return value if value >= 2.5 * _rounds(sums) else None


def silent_assassin(sums: Sums) -> float | None:
    """`100 * headshot_kills / kills`, at least 20 with 1.5 such kills per round and more than 5 kills."""
    heads, kills = _of(sums, "headshot_kills"), _of(sums, "kills")
    share = basic.headshot_kill_rate(heads, kills)
    fits = kills > 5 and heads >= 1.5 * _rounds(sums, "headshot_kills")
    return share if fits and share is not None and share >= 20 else None


def demolition(sums: Sums) -> float | None:
    """`dynamites_planted`, at least one per round."""
    value = _of(sums, "dynamites_planted")
    return value if value >= _rounds(sums, "dynamites_planted") else None


def bomb_squad(sums: Sums) -> float | None:
    """`dynamites_defused`, at least one per round."""
    value = _of(sums, "dynamites_defused")
    return value if value >= _rounds(sums, "dynamites_defused") else None


def hot_streak(sums: Sums) -> float | None:
    """`killing_spree_best` of a single round, at least 5."""
    value = _of(sums, "killing_spree_best")
    return value if value >= 5 else None


def glass_cannon(sums: Sums) -> float | None:
    """`dpm * deaths / kills`, with at least 150 DPM and no fewer deaths than kills."""
    kills, deaths = _of(sums, "kills"), _of(sums, "deaths")
    dpm = basic.dpm(_of(sums, "damage_given"), _of(sums, "time_played_s"))
    return dpm * deaths / kills if dpm >= 150 and deaths >= kills > 0 else None


def impactful(sums: Sums) -> float | None:
    """`100 * useful_kills / kills`, at least 30 with 2.5 useful kills per round."""
    useful = _of(sums, "useful_kills")
    share = basic.useful_kill_rate(useful, _of(sums, "kills"))
    fits = useful >= 2.5 * _rounds(sums, "useful_kills")
    return share if fits and share is not None and share >= 30 else None


def tank(sums: Sums) -> float | None:
    """`damage_received / rounds`, at least 1000."""
    value = basic.per_round(_of(sums, "damage_received"), _rounds(sums))
    return value if value >= 1000 else None


_FUN = (
    _Fun("top_medic", "Always there", "💉", "teamwork", top_medic, "revived {value:.0f} team mates"),
    _Fun("most_revived", "Nine lives", "🩹", "teamwork", most_revived, "was brought back {value:.0f} times"),
    _Fun("cleanup", "Cleanup crew", "🧹", "combat", cleanup, "left {value:.0f} bodies that nobody could revive"),
    _Fun("silent_assassin", "Silent assassin", "🎯", "skills", silent_assassin, "{value:.0f} % of kills to the head"),
    _Fun("demolition", "Demolition expert", "🧨", "objectives", demolition, "planted {value:.0f} dynamites"),
    _Fun("bomb_squad", "Bomb squad", "✂️", "objectives", bomb_squad, "defused {value:.0f} dynamites"),
    _Fun("hot_streak", "Hot streak", "🔥", "combat", hot_streak, "{value:.0f} kills without a death"),
    _Fun("glass_cannon", "Glass cannon", "🥂", "combat", glass_cannon, "dealt it out and died for it ({value:.0f})"),
    _Fun("impactful", "Impactful", "⏱️", "timing", impactful, "{value:.0f} % of kills cost a full respawn"),
    _Fun("tank", "The tank", "🛡️", "combat", tank, "soaked up {value:.0f} damage per round"),
)  # fmt: skip


def fun_awards(players: Sequence[Sums]) -> list[Won]:
    """At most ten, each to the best of those who reach its thresholds; equals: the first of the players given."""
    won = []
    for award in _FUN:
        best = _best(players, award.value)
        if best is not None:
            index, value = best
            text = award.text.format(value=value)
            won.append(
                Won(award.key, award.title, award.emoji, award.category, index, round(value, 4), text, award.text)
            )
    return won


def _plain(column: str) -> Callable[[Sums], float | None]:
    return lambda sums: sums.get(column)


def _kd(sums: Sums) -> float | None:
    """`kills / deaths`, with at least 10 kills."""
    kills = _of(sums, "kills")
    return basic.kd(kills, _of(sums, "deaths")) if kills > 9 else None


def _accuracy(sums: Sums) -> float | None:
    """Bullet accuracy, with at least 100 shots."""
    shots = _of(sums, "bullet_shots")
    return basic.accuracy(_of(sums, "bullet_hits"), shots) if shots >= 100 else None


def _head_accuracy(sums: Sums) -> float | None:
    """Hits to the head of bullet hits, with at least 100 shots and 10 hits."""
    if _of(sums, "bullet_shots") < 100 or _of(sums, "bullet_hits") < 10:
        return None
    return basic.headshot_accuracy(_of(sums, "bullet_headshot_hits"), _of(sums, "bullet_hits"))


def _dpm(sums: Sums) -> float | None:
    return basic.dpm(_of(sums, "damage_given"), _of(sums, "time_played_s"))


def _dead(sums: Sums) -> float | None:
    return basic.dead_percent(_of(sums, "time_played_s"), _of(sums, "alive_s"))


#: Category to (key, title, emoji, value, how it reads).
_FIRST: Mapping[str, Sequence[tuple[str, str, str, Callable[[Sums], float | None], str]]] = {
    "combat": (
        ("dpm", "Most damage per minute", "💥", _dpm, "{value:.0f} DPM"),
        ("kills", "Most kills", "⚔️", _plain("kills"), "{value:.0f} kills"),
        ("kd", "Best K/D", "⚖️", _kd, "{value:.2f}"),
        ("damage", "Most damage given", "🔨", _plain("damage_given"), "{value:.0f}"),
        ("gibs", "Most gibs", "🦴", _plain("gibs"), "{value:.0f} gibs"),
        ("spree", "Longest killing spree", "🔥", _plain("killing_spree_best"), "{value:.0f} kills"),
    ),
    "deaths": (
        ("deaths", "Most deaths", "💀", _plain("deaths"), "{value:.0f} deaths"),
        ("damage_received", "Most damage received", "🩸", _plain("damage_received"), "{value:.0f}"),
        ("self_kills", "Most self kills", "🪦", _plain("self_kills"), "{value:.0f}"),
        ("team_kills", "Most team kills", "🙈", _plain("team_kills"), "{value:.0f}"),
        ("team_damage", "Most damage to the own team", "🤦", _plain("team_damage_given"), "{value:.0f}"),
    ),
    "skills": (
        ("accuracy", "Best accuracy", "🏹", _accuracy, "{value:.1f} %"),
        ("headshot_accuracy", "Best aim for the head", "🎯", _head_accuracy, "{value:.1f} %"),
        ("headshots", "Most hits to the head", "🧠", _plain("headshot_hits"), "{value:.0f}"),
        ("headshot_kills", "Most kills to the head", "☠️", _plain("headshot_kills"), "{value:.0f}"),
    ),
    "teamwork": (
        ("revives", "Most revives", "💉", _plain("revives_given"), "{value:.0f} revives"),
        ("times_revived", "Most revived", "🩹", _plain("times_revived"), "{value:.0f} times"),
        ("assists", "Most kill assists", "🤝", _plain("kill_assists"), "{value:.0f} assists"),
        ("kill_steals", "Most kill steals", "🦝", _plain("kill_steals"), "{value:.0f}"),
    ),
    "objectives": (
        ("stolen", "Most objectives stolen", "🏴", _plain("objectives_stolen"), "{value:.0f}"),
        ("returned", "Most objectives returned", "🏳️", _plain("objectives_returned"), "{value:.0f}"),
        ("planted", "Most dynamites planted", "🧨", _plain("dynamites_planted"), "{value:.0f}"),
        ("defused", "Most dynamites defused", "✂️", _plain("dynamites_defused"), "{value:.0f}"),
        ("repairs", "Most repairs", "🔧", _plain("repairs_constructions"), "{value:.0f}"),
    ),
    "timing": (
        ("useful", "Most useful kills", "⏱️", _plain("useful_kills"), "{value:.0f}"),
        ("useless", "Most useless kills", "🕳️", _plain("useless_kills"), "{value:.0f}"),
        ("denied", "Most playtime denied", "🚫", _plain("denied_playtime_s"), "{value:.0f} s"),
        ("dead", "Longest time dead", "👻", _dead, "{value:.0f} % of the time"),
    ),
}  # fmt: skip


#: What awards are called and how they read, for catalogues of other languages.
WORDS: tuple[str, ...] = (
    *(word for award in _FUN for word in (award.title, award.text)),
    *(word for rows in _FIRST.values() for row in rows for word in (row[1], row[4])),
)


def first_places(players: Sequence[Sums]) -> list[Won]:
    """The first of each category's numbers, where it is above 0."""
    won = []
    for category, awards in _FIRST.items():
        for key, title, emoji, value_of, text in awards:
            best = _best(players, value_of)
            if best is not None and best[1] > 0:
                index, value = best
                told = text.format(value=value)
                won.append(Won(key, title, emoji, category, index, round(value, 4), told, text))
    return won


def _best(players: Sequence[Sums], value_of: Callable[[Sums], float | None]) -> tuple[int, float] | None:
    found: tuple[int, float] | None = None
    for index, sums in enumerate(players):
        if _of(sums, "time_played_s") <= LEAST_S:
            continue
        value = value_of(sums)
        if value is not None and (found is None or value > found[1]):
            found = index, value
    return found
