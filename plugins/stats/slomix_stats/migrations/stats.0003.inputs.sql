-- depends: stats.0002.derived
-- What rounds have besides their stats file: endstats (awards, who killed whom) and the report of their end. Such a
-- file waits without a round until its round is there.

create table stats.input (
    artifact text primary key,
    kind text not null check (kind in ('endstats', 'report')),
    -- NULL where neither the sender nor the file says which server it is of
    server_id text references slomix.server (id) on delete cascade,
    map text not null,
    number smallint not null,
    -- the server's wall clock (endstats), or real time (reports)
    ended_local timestamp,
    ended_at timestamptz,
    started_at timestamptz,
    check ((ended_local is null) <> (ended_at is null)),
    -- how much it tells: of several of one kind and round the richest counts
    richness integer not null,
    -- the parsed file as msgpack (slomix_stats.inputs), input of every derivation
    raw bytea not null,
    round_id text references slomix.round (id)
        on delete set null on update cascade deferrable initially deferred,
    -- the one of its kind that counts for its round
    counts boolean not null default false
);
-- Partial, so that a plan made while the table was small can not take the one for the other.
create index input_local on stats.input (map, number, ended_local) where ended_local is not null;
create index input_real on stats.input (map, number, ended_at) where ended_at is not null;
create index input_round on stats.input (round_id);

-- `key` is the player's in slomix.player_guid; NULL while it can not be told who was meant.
create table stats.award (
    artifact text not null references stats.input (artifact) on delete cascade,
    place smallint not null,
    award text not null,
    category text,
    player text not null,
    key text,
    value double precision,
    text text not null,
    primary key (artifact, place)
);
create index award_key on stats.award (key);

-- One row of a block: how often its subject killed the opponent, and was killed by him.
create table stats.versus (
    artifact text not null references stats.input (artifact) on delete cascade,
    place smallint not null,
    subject text,
    subject_key text,
    opponent text not null,
    opponent_key text,
    kills integer not null check (kills >= 0),
    deaths integer not null check (deaths >= 0),
    -- whether the subject was found from the matrix, as the file does not name it
    reconstructed boolean not null,
    primary key (artifact, place)
);
create index versus_subject on stats.versus (subject_key, opponent_key);
create index versus_opponent on stats.versus (opponent_key);

create table stats.report (
    artifact text primary key references stats.input (artifact) on delete cascade,
    -- of play, without pauses
    seconds double precision,
    warmup_s double precision,
    pause_count integer,
    pause_s double precision,
    -- [{"start": seconds since 1970, "end": …, "seconds": …}]
    pauses jsonb not null,
    end_reason text check (end_reason in ('objective', 'surrender', 'time_expired')),
    surrender_side text check (surrender_side in ('axis', 'allies')),
    surrender_key text,
    surrender_name text,
    winner text check (winner in ('axis', 'allies')),
    defender text check (defender in ('axis', 'allies')),
    script text
);

-- Who was there at the end, and how often they spawned.
create table stats.report_player (
    artifact text not null references stats.input (artifact) on delete cascade,
    guid text not null,
    key text not null,
    name text not null,
    side text check (side in ('axis', 'allies')),
    spawns integer,
    deaths integer,
    dead_s double precision,
    avg_respawn_s double precision,
    max_respawn_s double precision,
    primary key (artifact, guid)
);
create index report_player_key on stats.report_player (key);
