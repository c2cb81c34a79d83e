-- depends: stats.0002.derived
-- What questions about many rounds are answered from, kept up to date when a session is settled: bests of players,
-- milestones, and who played with and against whom. Everything here can be made again from stats.player_round.

-- The best of a player on a map: of one round, or of a match (both rounds together). Only valid rounds.
create table stats.best (
    over text not null check (over in ('round', 'match')),
    -- a name of slomix_stats.metrics
    metric text not null,
    map text not null,
    player_id text not null references slomix.player (id) deferrable initially deferred,
    value double precision not null,
    -- NULL for a match
    round_id text,
    match_id text not null,
    session_id text not null,
    ended_at timestamptz not null,
    primary key (player_id, over, metric, map)
);
create index best_value on stats.best (over, metric, value desc);
create index best_map on stats.best (map, over, metric, value desc);
create index best_session on stats.best (session_id);

-- When a player reached a step of a ladder (slomix_stats.metrics.ladders) first.
create table stats.achievement (
    player_id text not null references slomix.player (id) deferrable initially deferred,
    ladder text not null,
    threshold double precision not null,
    round_id text not null,
    session_id text not null,
    reached_at timestamptz not null,
    primary key (player_id, ladder, threshold)
);
create index achievement_session on stats.achievement (session_id);

-- Two players in one session: rounds on one side (together) or on both. The sums are those of `player_id`.
create table stats.pair_session (
    session_id text not null,
    player_id text not null references slomix.player (id) deferrable initially deferred,
    other_id text not null references slomix.player (id) deferrable initially deferred,
    together boolean not null,
    ended_at timestamptz not null,
    rounds integer not null,
    matches integer not null,
    won integer not null,
    lost integer not null,
    drawn integer not null,
    time_played_s bigint not null,
    damage_given bigint not null,
    kills bigint not null,
    deaths bigint not null,
    primary key (session_id, player_id, other_id, together)
);
create index pair_session_player on stats.pair_session (player_id, ended_at);
create index pair_session_other on stats.pair_session (other_id);

-- How long attacks took, of valid rounds: the narrow part of stats.round that maps are judged by.
create table stats.attack (
    round_id text primary key,
    match_id text not null,
    session_id text not null,
    map text not null,
    number smallint not null,
    ended_at timestamptz not null,
    seconds double precision,
    outcome text check (outcome in ('hold', 'objective')),
    ended_early boolean not null
);
create index attack_map on stats.attack (map) include (number, ended_at, seconds, outcome, ended_early);
create index attack_fastest on stats.attack (map, seconds) where outcome = 'objective' and not ended_early;
create index attack_time on stats.attack (ended_at);
create index attack_session on stats.attack (session_id);

create index segment_name_a on stats.segment (lower(name_a));
create index segment_name_b on stats.segment (lower(name_b));

-- Counts the times that anything was settled: what was read under one number stays true under it.
create table stats.settled (
    version bigint not null
);
insert into stats.settled values (0);
