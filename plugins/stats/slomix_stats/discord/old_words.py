"""The words by which people asked before there were slash commands, for `slomix.discord.prefix`.

Left out: `match`, `game`, `last_round`, `status`, `start`, `stop`, `restart`, `map` are too common to be taken.
"""

from __future__ import annotations

from slomix.contrib import Word

WORDS: tuple[Word, ...] = (
    Word(names=("stats",), command="stats player", options=("name",)),
    Word(names=("leaderboard", "lb", "top"), command="stats leaderboard", options=("metric", "period")),
    Word(names=("compare",), command="stats compare", options=("first", "second")),
    Word(
        names=("check_achievements", "check_achivements", "check_achievement"),
        command="stats badges", options=("name",),
    ),
    Word(
        names=("achievements", "achievement", "medals", "badges", "badge_legend", "achievements_legend"),
        command="stats legend",
    ),
    Word(names=("season_info", "season", "seasons"), command="stats season"),
    Word(names=("consistency", "reliable", "variance"), command="stats form consistency", options=("player",)),
    Word(names=("map_stats", "mapstats"), command="stats form maps", options=("player",)),
    Word(names=("playstyle", "style", "role"), command="stats form sides", options=("player",)),
    Word(names=("awards", "fun_stats", "funstats"), command="stats awards"),
    Word(names=("fatigue",), command="stats form fatigue", options=("player",)),
    Word(
        names=("matchup", "vs", "headtohead"), command="stats versus lineups", options=("first", "second"),
        between="vs",
    ),
    Word(names=("duo_perf", "duoperf", "pair_stats"), command="stats versus duo", options=("first", "second")),
    Word(names=("nemesis", "counter"), command="stats versus nemesis", options=("player",)),
    Word(names=("last_session", "last", "latest", "recent"), command="stats session", options=("view",)),
    Word(names=("session",), command="stats session", options=("session", "view")),
    Word(names=("rounds", "sessions", "list_sessions", "ls"), command="stats sessions", options=("month",)),
    Word(
        names=("endstats_audit", "endstats_check", "endstats_status", "correlation_status"),
        command="stats quality", options=("session",),
    ),
    Word(names=("teams",), command="stats team show", options=("session",)),
    Word(names=("set_team_names",), command="stats admin names", options=("session", "first", "second")),
    Word(names=("lineup_changes",), command="stats team changes", options=("session", "previous")),
    Word(names=("session_score",), command="stats team score", options=("session",)),
    Word(names=("team_pool",), command="stats team pool"),
    Word(names=("team_record",), command="stats team record", options=("name", "days")),
    Word(names=("head_to_head", "h2h"), command="stats team record", options=("name", "opponent")),
    Word(names=("assign_player",), command="stats admin move", options=("player", "team")),
    Word(names=("weapon_diag",), command="stats admin weapons", options=("session",)),
    Word(names=("server_status", "srv_status"), command="stats live"),
)  # fmt: skip
