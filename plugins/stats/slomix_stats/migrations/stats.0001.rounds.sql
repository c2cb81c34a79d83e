-- Stats of rounds: what a file said (raw, so that everything else can be derived anew) and what follows from it.
-- Ids are those of slomix.round, slomix.match and slomix.player. NULL means unknown, never zero.

create table stats.round (
    round_id text primary key
        references slomix.round (id) on delete cascade on update cascade deferrable initially deferred,
    artifact text not null,
    parser_version integer not null,
    -- the parsed file (slomix_stats.record.StatsFile as msgpack), input of every derivation
    raw bytea not null,
    -- what the rows were derived from: the partner round of a complete match, or the status of the match
    basis text not null,
    host text not null,
    config text not null,
    layout smallint not null,
    header_fields smallint not null,
    limit_s integer not null,
    target_s integer not null,
    measured_s double precision,
    defender text check (defender in ('axis', 'allies')),
    winner text check (winner in ('axis', 'allies')),
    outcome text check (outcome in ('hold', 'objective')),
    seconds double precision,
    ended_early boolean not null,
    flags text[] not null
);

-- One player in one round; round 2 without what round 1 already counted.
create table stats.player_round (
    round_id text not null references stats.round (round_id) on delete cascade on update cascade,
    key text not null,
    player_id text not null references slomix.player (id) deferrable initially deferred,
    guid text not null,
    name_raw text not null,
    name text not null,
    side text check (side in ('axis', 'allies', 'spectator')),
    flags text[] not null,
    -- sums over the weapon slots
    kills integer not null,
    deaths integer not null,
    hits integer not null,
    shots integer not null,
    headshot_hits integer not null,
    -- the same over bullet weapons only (slomix_stats.metrics.BULLET_WEAPONS)
    bullet_hits integer not null,
    bullet_shots integer not null,
    bullet_headshot_hits integer not null,
    damage_given integer not null,
    damage_received integer not null,
    team_damage_given integer not null,
    team_damage_received integer not null,
    gibs integer not null,
    self_kills integer not null,
    team_kills integer not null,
    team_gibs integer not null,
    time_played_s integer not null,
    alive_s integer not null,
    xp integer,
    killing_spree_best integer,
    death_spree_worst integer,
    kill_assists integer,
    kill_steals integer,
    headshot_kills integer,
    objectives_stolen integer,
    objectives_returned integer,
    dynamites_planted integer,
    dynamites_defused integer,
    times_revived integer,
    -- as the file says; too large before script 8, so never shown without a look at stats.round.header_fields
    time_dead_reported_s integer,
    useful_kills integer,
    denied_playtime_s integer,
    multikill_2 integer,
    multikill_3 integer,
    multikill_4 integer,
    multikill_5 integer,
    multikill_6 integer,
    useless_kills integer,
    full_selfkills integer,
    repairs_constructions integer,
    revives_given integer,
    -- one element per weapon slot that has a number; read them through stats.weapon_round
    weapon_slots smallint[] not null,
    weapon_hits integer[] not null,
    weapon_shots integer[] not null,
    weapon_kills integer[] not null,
    weapon_deaths integer[] not null,
    weapon_headshot_hits integer[] not null,
    primary key (round_id, key)
);
create index player_round_player on stats.player_round (player_id, round_id);

-- One weapon of one player in one round. A view over arrays: a round has ten times more of these than players, and
-- they are written and read together.
create view stats.weapon_round as
select
    p.round_id,
    p.key,
    p.player_id,
    w.slot,
    w.hits,
    w.shots,
    w.kills,
    w.deaths,
    w.headshot_hits
from stats.player_round p
cross join lateral unnest(
    p.weapon_slots, p.weapon_hits, p.weapon_shots, p.weapon_kills, p.weapon_deaths, p.weapon_headshot_hits
) as w (slot, hits, shots, kills, deaths, headshot_hits);

-- What a play of a map ended in. Points on the scale of 2 per map; NULL where it is not scored.
create table stats.match_result (
    match_id text primary key references slomix.match (id) on delete cascade deferrable initially deferred,
    status text not null,
    r1_outcome text,
    r2_outcome text,
    r1_seconds double precision,
    r2_seconds double precision,
    points_r1_attackers smallint,
    points_r2_attackers smallint
);
