"""Who stood out: of a round by everything, of a team by its kills."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from slomix_stats.derive.model import PlayerInput, RoundInput


def worth(player: PlayerInput) -> float:
    """`10 * K/D + efficiency + damage given / 100` of one round; K/D is the kills where nobody died, efficiency
    `100 * kills / (kills + deaths)`, 0 without either."""
    fights = player.kills + player.deaths
    ratio = player.kills / player.deaths if player.deaths else float(player.kills)
    return 10 * ratio + (100 * player.kills / fights if fights else 0.0) + player.damage_given / 100


def mvp_of_round(players: Iterable[PlayerInput]) -> str | None:
    """The player whose round was worth most; bots and spectators have none. Equals are told apart by GUID."""
    playing = [player for player in players if not player.is_bot and player.side in ("axis", "allies")]
    return min(playing, key=lambda player: (-worth(player), player.guid, player.key)).player_id if playing else None


def mvp_of_team(team: frozenset[str], rounds: Iterable[RoundInput]) -> str | None:
    """The player of a team with the most kills over these rounds, then with the most damage."""
    kills: Counter[str] = Counter()
    damage: Counter[str] = Counter()
    for each in rounds:
        for player in each.players:
            if player.player_id in team:
                kills[player.player_id] += player.kills
                damage[player.player_id] += player.damage_given
    return min(kills, key=lambda player: (-kills[player], -damage[player], player)) if kills else None
