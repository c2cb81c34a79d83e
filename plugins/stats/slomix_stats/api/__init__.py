"""What other plugins may use of stats: frozen dataclasses, protocols, and who played with whom (`find_lineups`).

Get a protocol with `ctx.services.get(StatsReaderV1)` or `(StatsInsightV1)`. Numbers are per scope (a round, a session,
a lifetime); sums are over round rows, ratios are computed from sums and never averaged. `None` means unknown. Nothing
here imports a database, Discord or the web.
"""

from __future__ import annotations

from slomix_stats.api.reader import (
    Leaderboard,
    LeaderboardMetric,
    LeaderboardRow,
    MatchDetail,
    MatchLine,
    NameSeen,
    Outcome,
    PlayerHit,
    PlayerLine,
    PlayerProfile,
    PlayerSession,
    RoundDetail,
    RoundLine,
    SessionDetail,
    SessionLine,
    SessionPage,
    StatsReaderV1,
    WeaponLine,
)
from slomix_stats.lineups import EveningScore, Letter, LineUps, evening_score, find_lineups, opposite

__all__ = [
    "EveningScore",
    "Leaderboard",
    "LeaderboardMetric",
    "LeaderboardRow",
    "Letter",
    "LineUps",
    "MatchDetail",
    "MatchLine",
    "NameSeen",
    "Outcome",
    "PlayerHit",
    "PlayerLine",
    "PlayerProfile",
    "PlayerSession",
    "RoundDetail",
    "RoundLine",
    "SessionDetail",
    "SessionLine",
    "SessionPage",
    "StatsReaderV1",
    "WeaponLine",
    "evening_score",
    "find_lineups",
    "opposite",
]
