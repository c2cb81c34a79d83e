"""Every metric of stats, in the order in which they are shown. The one place where a number is given its name."""

from __future__ import annotations

from slomix_stats.api.scope import BadScope
from slomix_stats.metrics import basic
from slomix_stats.metrics.registry import Metric

_SLOTS = "stats file: weapon slots"
_BULLETS = "stats file: slots of bullet weapons"


def total(value: float) -> float:
    """The sum itself."""
    return value


def _field(number: int) -> str:
    return f"stats file: field {number}"


def _total(name: str, title: str, column: str, source: str, description: str, **more: object) -> Metric:
    return Metric(
        name=name, title=title, source=source, value=total, inputs=(column,), formula=column, description=description,
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


_COMBAT = (
    Metric(
        name="dpm", title="Damage per minute", unit="dmg/min", source=_field(0), value=basic.dpm,
        inputs=("damage_given", "time_played_s"), rate=True,
    ),
    Metric(
        name="kd", title="Kills per death", source=_SLOTS, value=basic.kd, inputs=("kills", "deaths"), decimals=2,
        rate=True, aliases=("ratio",),
    ),
    _total("kills", "Kills", "kills", _SLOTS, "Enemies killed with a weapon.", aliases=("k", "frags")),
    _total(
        "deaths", "Deaths", "deaths", _SLOTS, "Deaths by weapons of enemies; not by oneself or the world.",
        higher_is_better=False, aliases=("d",),
    ),
    _total("damage", "Damage given", "damage_given", _field(0), "Damage to enemies.", unit="dmg"),
    _total(
        "damage_received", "Damage received", "damage_received", _field(1), "Damage from enemies.", unit="dmg",
        higher_is_better=False,
    ),
    Metric(
        name="efficiency", title="Efficiency", unit="%", source=_SLOTS, value=basic.efficiency,
        inputs=("kills", "deaths"), decimals=1, rate=True, aliases=("ef", "eff"),
    ),
    Metric(
        name="damage_ratio", title="Damage ratio", source=_field(0), value=basic.damage_ratio,
        inputs=("damage_given", "damage_received"), decimals=2, rate=True,
    ),
    Metric(
        name="damage_efficiency", title="Damage efficiency", unit="%", source=_field(0), value=basic.damage_efficiency,
        inputs=("damage_given", "damage_received"), decimals=1, rate=True,
    ),
    Metric(
        name="adr", title="Damage per round", unit="dmg", source=_field(0), value=basic.damage_per_round,
        inputs=("damage_given", "rounds"), rate=True,
    ),
    Metric(
        name="kpr", title="Kills per round", source=_SLOTS, value=basic.kills_per_round, inputs=("kills", "rounds"),
        decimals=2, rate=True,
    ),
    Metric(
        name="dpr", title="Deaths per round", source=_SLOTS, value=basic.deaths_per_round, inputs=("deaths", "rounds"),
        decimals=2, rate=True, higher_is_better=False,
    ),
    _total(
        "gibs", "Gibs", "gibs", _field(4), "Bodies of enemies destroyed, so that no medic revives them.",
        aliases=("gib",),
    ),
    _total(
        "useful_kills", "Useful kills", "useful_kills", _field(27),
        "Kills of enemies who still had at least half of their respawn interval to wait.",
    ),
    Metric(
        name="useful_kill_rate", title="Useful kills", unit="%", source=_field(27), value=basic.useful_kill_rate,
        inputs=("useful_kills", "kills"), needs="useful_kills", decimals=1, rate=True,
    ),
    _total(
        "useless_kills", "Useless kills", "useless_kills", _field(34),
        "Kills of enemies who were back in less than 5 seconds.", higher_is_better=False, needs="useless_kills",
    ),
    Metric(
        name="useless_kill_rate", title="Useless kills", unit="%", source=_field(34), value=basic.useless_kill_rate,
        inputs=("useless_kills", "kills"), needs="useless_kills", decimals=1, rate=True, higher_is_better=False,
    ),
    Metric(
        name="multikills", title="Multikills", source="stats file: fields 29 to 33", value=basic.multikills,
        inputs=("multikill_2", "multikill_3", "multikill_4", "multikill_5", "multikill_6"), aliases=("multi",),
    ),
    _total(
        "best_spree", "Longest killing spree", "killing_spree_best", _field(10),
        "Most kills without a death in one round; sprees below 3 are not written.", ranked=False,
    ),
    _total(
        "worst_spree", "Longest death spree", "death_spree_worst", _field(11),
        "Most deaths without a kill in one round; sprees below 3 are not written.", higher_is_better=False,
        ranked=False,
    ),
    _total("assists", "Kill assists", "kill_assists", _field(12), "Damage shortly before a team mate's kill."),
    _total(
        "kill_steals", "Kill steals", "kill_steals", _field(13),
        "Kills of somebody to whom a team mate had done more damage in the last 1.5 s.", higher_is_better=False,
    ),
    _total(
        "grenades", "Kills with grenades", "grenade_kills", _SLOTS, "Kills with hand grenades.", aliases=("nades",),
    ),
)  # fmt: skip

_AIM = (
    Metric(
        name="accuracy", title="Accuracy", unit="%", source=_BULLETS, value=basic.accuracy,
        inputs=("bullet_hits", "bullet_shots"), decimals=1, rate=True, floor={"bullet_shots": 1000}, aliases=("acc",),
    ),
    Metric(
        name="headshot_accuracy", title="Hits to the head", unit="%", source=_BULLETS, value=basic.headshot_accuracy,
        inputs=("bullet_headshot_hits", "bullet_hits"), decimals=1, rate=True, floor={"kills": 500},
    ),
    _total(
        "headshots", "Hits to the head", "headshot_hits", _SLOTS, "Hits to the head, deadly or not.", aliases=("hs",),
    ),
    _total(
        "headshot_kills", "Kills by a hit to the head", "headshot_kills", _field(14),
        "Kills of enemies whose last hit was to the head.",
    ),
    Metric(
        name="headshot_kill_rate", title="Kills by a hit to the head", unit="%", source=_field(14),
        value=basic.headshot_kill_rate, inputs=("headshot_kills", "kills"), needs="headshot_kills", decimals=1,
        rate=True, floor={"kills": 500},
    ),
)  # fmt: skip

_SUPPORT = (
    _total(
        "revives", "Revives given", "revives_given", _field(37), "Team mates revived.", needs="revives_given",
        aliases=("medic",),
    ),
    Metric(
        name="revives_per_round", title="Revives per round", source=_field(37), value=basic.revives_per_round,
        inputs=("revives_given", "rounds"), needs="revives_given", decimals=2, rate=True,
    ),
    _total("times_revived", "Times revived", "times_revived", _field(19), "How often a medic brought one back."),
    Metric(
        name="objectives", title="Objectives stolen or returned", source="stats file: fields 15 and 16",
        value=basic.objectives, inputs=("objectives_stolen", "objectives_returned"), aliases=("obj",),
    ),
    _total("objectives_stolen", "Objectives stolen", "objectives_stolen", _field(15), "Objectives picked up."),
    _total(
        "objectives_returned", "Objectives returned", "objectives_returned", _field(16),
        "Objectives brought back. Scripts before February 2026 counted them with an inverted test.",
    ),
    _total("dynamites_planted", "Dynamites planted", "dynamites_planted", _field(17), "Dynamites planted."),
    _total("dynamites_defused", "Dynamites defused", "dynamites_defused", _field(18), "Dynamites defused."),
    Metric(
        name="objective_actions", title="Deeds at objectives per round", source="stats file: fields 15 to 18",
        value=basic.objective_actions,
        inputs=("objectives_stolen", "objectives_returned", "dynamites_planted", "dynamites_defused", "rounds"),
        decimals=2, rate=True,
    ),
    _total(
        "repairs", "Repairs and constructions", "repairs_constructions", _field(36),
        "Things built or repaired by an engineer.", needs="repairs_constructions",
    ),
)  # fmt: skip

_TIME = (
    _total("rounds", "Rounds played", "rounds", "rounds", "Rounds that count.", aliases=("games", "played")),
    _total("playtime", "Time played", "time_played_s", _field(22), "Time on a team.", unit="s"),
    _total("time_alive", "Time alive", "alive_s", _field(8), "Time on a team and alive.", unit="s"),
    Metric(
        name="time_dead", title="Time dead", unit="s", source=_field(8), value=basic.time_dead,
        inputs=("time_played_s", "alive_s"), higher_is_better=False,
    ),
    Metric(
        name="alive_percent", title="Time alive", unit="%", source=_field(8), value=basic.alive_percent,
        inputs=("alive_s", "time_played_s"), decimals=1, rate=True, aliases=("survival",),
    ),
    Metric(
        name="dead_percent", title="Time dead", unit="%", source=_field(8), value=basic.dead_percent,
        inputs=("time_played_s", "alive_s"), decimals=1, rate=True, higher_is_better=False,
    ),
    Metric(
        name="frag_potential", title="Damage per minute alive", unit="dmg/min", source=_field(8),
        value=basic.frag_potential, inputs=("damage_given", "time_played_s", "alive_s"), rate=True,
    ),
    Metric(
        name="played_percent", title="Share of the rounds played", unit="%", source="duration of rounds",
        value=basic.played_percent, inputs=("time_played_s", "round_s"), decimals=1, rate=True, ranked=False,
    ),
    _total(
        "denied", "Playtime denied", "denied_playtime_s", _field(28),
        "Seconds that enemies waited because of one's kills. Files before August 2025 hold absurd values.", unit="s",
        needs="denied_playtime_s",
    ),
    Metric(
        name="denied_per_minute", title="Playtime denied per minute", unit="s/min", source=_field(28),
        value=basic.denied_per_minute, inputs=("denied_playtime_s", "time_played_s"), needs="denied_playtime_s",
        decimals=1, rate=True,
    ),
    Metric(
        name="tank", title="Health bars taken per death", source=_field(1), value=basic.tank,
        inputs=("damage_received", "deaths"), decimals=2, rate=True,
    ),
)  # fmt: skip

_TEAM = (
    Metric(
        name="teamwork", title="Damage to the own team", unit="%", source=_field(2), value=basic.team_damage_share,
        inputs=("team_damage_given", "damage_given"), decimals=2, rate=True, higher_is_better=False, aliases=("team",),
    ),
    _total(
        "team_damage", "Damage to the own team", "team_damage_given", _field(2), "Damage to team mates.", unit="dmg",
        higher_is_better=False,
    ),
    _total(
        "team_damage_received", "Damage from the own team", "team_damage_received", _field(3),
        "Damage from team mates.", unit="dmg", higher_is_better=False,
    ),
    _total("team_kills", "Team kills", "team_kills", _field(6), "Team mates killed.", higher_is_better=False),
    _total("team_gibs", "Team gibs", "team_gibs", _field(7), "Bodies of team mates gibbed.", higher_is_better=False),
    _total("self_kills", "Self kills", "self_kills", _field(5), "Deaths by oneself, /kill too."),
    _total(
        "full_selfkills", "Self kills at full wait", "full_selfkills", _field(35),
        "/kill typed with nearly the whole respawn interval still to wait.", higher_is_better=False,
        needs="full_selfkills",
    ),
    _total("xp", "XP", "xp", _field(9), "Experience of the rounds.", unit="XP"),
    Metric(
        name="xp_per_minute", title="XP per minute", unit="XP/min", source=_field(9), value=basic.xp_per_minute,
        inputs=("xp", "time_played_s"), needs="xp", decimals=1, rate=True,
    ),
)  # fmt: skip

METRICS: tuple[Metric, ...] = (*_COMBAT, *_AIM, *_SUPPORT, *_TIME, *_TEAM)

_BY_NAME = {metric.name: metric for metric in METRICS}
_BY_ALIAS = {alias: metric for metric in METRICS for alias in metric.aliases if alias not in _BY_NAME}

#: The thirteen lists that the community asks for by name.
CLASSIC = (
    "kills", "kd", "dpm", "accuracy", "headshots", "rounds", "revives", "gibs", "objectives", "efficiency", "teamwork",
    "multikills", "grenades",
)  # fmt: skip


def find_metric(name: str) -> Metric:
    """A metric by its name or an alias. Raises `BadScope` that lists the names."""
    found = _BY_NAME.get(name) or _BY_ALIAS.get(name.casefold()) or _BY_NAME.get(name.casefold())
    if found is None:
        raise BadScope(f"There is no metric {name[:40]!r}. There are: {', '.join(_BY_NAME)}.")
    return found
