-- depends: stats.0001.rounds
-- What follows from the rounds of a session together: whether a round counts, persistent teams, findings; the manual
-- decisions that go into it; and sums over the valid rounds of players, so that no page adds up a lifetime.
-- NULL means unknown, or not settled yet.

alter table stats.round
    add column status text
        check (status in ('completed', 'cancelled', 'substitution', 'orphan_r2', 'aborted', 'unfinished')),
    -- counts for lifetimes, leaderboards and records: exactly these rounds are in the sums below
    add column valid boolean not null default false,
    -- counts for the score of its session
    add column counts boolean not null default false,
    add column invalid_reason text
        check (invalid_reason in (
            'filler_map', 'bots', 'too_short', 'orphan_r2', 'aborted', 'cancelled', 'unfinished', 'manual'
        )),
    -- the player of the round, an id
    add column mvp text,
    -- the row of stats.player_session that holds its players' numbers; NULL exactly where it is not valid
    add column counted_session text,
    add column counted_segment smallint,
    -- slomix_stats.settle.DERIVATION_VERSION of its numbers; 0: from before there was one
    add column version integer not null default 0,
    add constraint round_counted check (valid = (counted_session is not null and counted_segment is not null));
create index round_version on stats.round (version);
create index round_by_counted on stats.round (counted_session);

alter table stats.match_result
    -- first: the attackers of round 1 won
    add column result text check (result in ('first', 'second', 'draw', 'unscored')),
    add column segment smallint,
    add column attackers_r1 text check (attackers_r1 in ('A', 'B')),
    add column roster_changed boolean not null default false,
    -- GUIDs of who played it
    add column team_a text[] not null default '{}',
    add column team_b text[] not null default '{}',
    add column points_a smallint,
    add column points_b smallint;

-- What a person decided. Never written by a derivation, which only reads it; `subject` is the id of a round, a match
-- or a session, as it was when the decision was made.
create table stats.decision (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('validity', 'team_names', 'roster', 'segment', 'round_match')),
    subject text not null,
    value jsonb not null,
    decided_by text not null,
    reason text not null,
    decided_at timestamptz not null default now(),
    undone_at timestamptz
);
-- the digits that a round shares with its match and its session
create index decision_subject on stats.decision (substr(subject, 2, 16)) where undone_at is null;

-- A part of a session that two line-ups played. Points on the scale of 2 per map.
create table stats.segment (
    session_id text not null references slomix.session (id) on delete cascade deferrable initially deferred,
    number smallint not null,
    name_a text not null,
    name_b text not null,
    colour_a text not null,
    colour_b text not null,
    points_a smallint not null,
    points_b smallint not null,
    -- "3v3"
    format text not null,
    confidence text not null check (confidence in ('high', 'medium', 'low')),
    first_match_id text not null,
    last_match_id text not null,
    -- most kills of its team
    mvp_a text,
    mvp_b text,
    primary key (session_id, number)
);
create index segment_format on stats.segment (format);

create table stats.segment_player (
    session_id text not null,
    number smallint not null,
    player_id text not null references slomix.player (id) deferrable initially deferred,
    team text not null check (team in ('A', 'B')),
    joined_match text not null,
    -- the last match that he played for it
    left_match text not null,
    matches smallint not null,
    -- the player whose place he took
    replaces text,
    primary key (session_id, number, player_id),
    foreign key (session_id, number) references stats.segment (session_id, number) on delete cascade
        deferrable initially deferred
);
create index segment_player_player on stats.segment_player (player_id);

-- What a check found (see `slomix stats check`): of a round, of a match, or of the session as a whole.
create table stats.finding (
    id bigint generated always as identity primary key,
    session_id text not null references slomix.session (id) on delete cascade deferrable initially deferred,
    match_id text,
    round_id text references stats.round (round_id) on delete cascade on update cascade deferrable initially deferred,
    player_id text references slomix.player (id) deferrable initially deferred,
    code text not null,
    severity text not null check (severity in ('fatal', 'invalid', 'warn', 'info')),
    text text not null,
    version integer not null
);
create index finding_session on stats.finding (session_id);
create index finding_round on stats.finding (round_id);
create index finding_player on stats.finding (player_id);
create index finding_code on stats.finding (severity, code);

-- Sums over the valid rounds of a player, named as the columns of stats.player_round. A column that not every round
-- knows is the sum of those that do, NULL where none does; `<column>_known` says how many do.
create table stats.player_total (
    player_id text not null references slomix.player (id) deferrable initially deferred,
    rounds integer not null,
    kills bigint not null,
    deaths bigint not null,
    hits bigint not null,
    shots bigint not null,
    headshot_hits bigint not null,
    bullet_hits bigint not null,
    bullet_shots bigint not null,
    bullet_headshot_hits bigint not null,
    damage_given bigint not null,
    damage_received bigint not null,
    team_damage_given bigint not null,
    team_damage_received bigint not null,
    gibs bigint not null,
    self_kills bigint not null,
    team_kills bigint not null,
    team_gibs bigint not null,
    time_played_s bigint not null,
    alive_s bigint not null,
    xp bigint,
    kill_assists bigint,
    kill_steals bigint,
    headshot_kills bigint,
    objectives_stolen bigint,
    objectives_returned bigint,
    dynamites_planted bigint,
    dynamites_defused bigint,
    times_revived bigint,
    useful_kills bigint,
    denied_playtime_s bigint,
    multikill_2 bigint,
    multikill_3 bigint,
    multikill_4 bigint,
    multikill_5 bigint,
    multikill_6 bigint,
    useless_kills bigint,
    full_selfkills bigint,
    repairs_constructions bigint,
    revives_given bigint,
    xp_known integer not null,
    kill_assists_known integer not null,
    kill_steals_known integer not null,
    headshot_kills_known integer not null,
    objectives_stolen_known integer not null,
    objectives_returned_known integer not null,
    dynamites_planted_known integer not null,
    dynamites_defused_known integer not null,
    times_revived_known integer not null,
    useful_kills_known integer not null,
    denied_playtime_s_known integer not null,
    multikill_2_known integer not null,
    multikill_3_known integer not null,
    multikill_4_known integer not null,
    multikill_5_known integer not null,
    multikill_6_known integer not null,
    useless_kills_known integer not null,
    full_selfkills_known integer not null,
    repairs_constructions_known integer not null,
    revives_given_known integer not null,
    primary key (player_id)
);

-- The same per session and segment (0: rounds that belong to no segment), with the end of the session for periods.
-- A format is that of stats.segment.
create table stats.player_session (
    session_id text not null,
    segment smallint not null,
    ended_at timestamptz not null,
    like stats.player_total,
    primary key (session_id, segment, player_id),
    foreign key (player_id) references slomix.player (id) deferrable initially deferred
);
create index player_session_player on stats.player_session (player_id, ended_at desc);
create index player_session_time on stats.player_session (ended_at);

-- The same per map, side and role. `side` is 'none' for who ended on no team or as a spectator; `role` is 'attack' or
-- 'defence', 'none' where that is not known.
create table stats.player_map (
    map text not null,
    side text not null check (side in ('axis', 'allies', 'none')),
    role text not null check (role in ('attack', 'defence', 'none')),
    like stats.player_total,
    primary key (player_id, map, side, role),
    foreign key (player_id) references slomix.player (id) deferrable initially deferred
);
create index player_map_map on stats.player_map (map);

-- Per weapon slot: rounds in which it did something, and its numbers.
create table stats.player_weapon (
    player_id text not null references slomix.player (id) deferrable initially deferred,
    slot smallint not null,
    rounds integer not null,
    hits bigint not null,
    shots bigint not null,
    kills bigint not null,
    deaths bigint not null,
    headshot_hits bigint not null,
    primary key (player_id, slot)
);
create index player_weapon_slot on stats.player_weapon (slot);
