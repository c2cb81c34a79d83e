"""Awards of rounds, as endstats tell them: who won which how often."""

from __future__ import annotations

from collections import Counter, defaultdict

from slomix.context import Reads
from slomix_stats.api.boards import AwardBoard, AwardBoards, AwardWins
from slomix_stats.api.scope import BadScope, ScopeUsed, Who
from slomix_stats.insight.lookup import whos
from slomix_stats.insight.scopes import LONGEST

_WINS = """
select a.award, max(a.category) as category, g.player_id, count(*)::int as wins
from slomix.round r
join stats.round s on s.round_id = r.id and s.valid
join stats.input i on i.round_id = r.id and i.counts and i.kind = 'endstats'
join stats.award a on a.artifact = i.artifact
join slomix.player_guid g on g.key = a.key
where r.ended_at >= $1 and r.ended_at < $2
group by a.award, g.player_id
"""
_ROUNDS = """
select count(*)::int
from slomix.round r
join stats.round s on s.round_id = r.id and s.valid
join stats.input i on i.round_id = r.id and i.counts and i.kind = 'endstats'
where r.ended_at >= $1 and r.ended_at < $2
"""


async def award_boards(db: Reads, scope: ScopeUsed, limit: int) -> AwardBoards:
    """Boards by award, those won most often first; `scope` names only a period, of at most a season."""
    if scope.since is None or scope.until is None or scope.until - scope.since > LONGEST:
        raise BadScope(f"Awards are counted over a period of at most {LONGEST.days} days: season, month, 90d.")
    wins: defaultdict[str, Counter[str]] = defaultdict(Counter)
    everything: Counter[str] = Counter()
    category: dict[str, str | None] = {}
    for row in await db.fetch(_WINS, scope.since, scope.until):
        wins[row["award"]][row["player_id"]] += row["wins"]
        everything[row["player_id"]] += row["wins"]
        category[row["award"]] = row["category"]
    names = await whos(db, list(everything))
    often = sorted(wins, key=lambda award: (-wins[award].total(), award))
    return AwardBoards(
        scope=scope,
        rounds=await db.fetchval(_ROUNDS, scope.since, scope.until),
        all=_best(everything, names, limit),
        awards=tuple(
            AwardBoard(award=award, category=category[award], rows=_best(wins[award], names, limit)) for award in often
        ),
    )


def _best(wins: Counter[str], names: dict[str, Who], limit: int) -> tuple[AwardWins, ...]:
    ordered = sorted(wins, key=lambda player: (-wins[player], player))[:limit]
    return tuple(AwardWins(who=names[player], wins=wins[player]) for player in ordered)
