-- Who, where and when: servers, artifacts, players, rounds, matches, sessions.
-- Ids are text made from content (see slomix.identity.ids), so that the order of arrival can not change them.

create table slomix.server (
    id text primary key,
    name text not null unique,
    created_at timestamptz not null default now()
);

create table slomix.server_token (
    id text primary key,
    server_id text not null references slomix.server (id) on delete cascade,
    token_hash bytea not null unique,
    created_at timestamptz not null default now(),
    last_used_at timestamptz,
    revoked_at timestamptz
);
create index server_token_server on slomix.server_token (server_id);

create table slomix.session (
    id text primary key,
    server_id text not null references slomix.server (id),
    started_at timestamptz not null,
    ended_at timestamptz not null,
    rounds integer not null,
    matches integer not null,
    players integer not null
);
create index session_by_time on slomix.session (ended_at desc);
create index session_server on slomix.session (server_id, ended_at);

create table slomix.match (
    id text primary key,
    server_id text not null references slomix.server (id),
    session_id text not null references slomix.session (id) deferrable initially deferred,
    map text not null,
    ended_at timestamptz not null,
    status text not null
        check (status in ('complete', 'open', 'abandoned_r1', 'orphan_r2', 'aborted')),
    r1_round_id text,
    r2_round_id text
);
create index match_session on slomix.match (session_id, ended_at);
create index match_server on slomix.match (server_id, ended_at);
create index match_map on slomix.match (map, ended_at);
create index match_r1 on slomix.match (r1_round_id);
create index match_r2 on slomix.match (r2_round_id);

create table slomix.round (
    id text primary key,
    server_id text not null references slomix.server (id),
    map text not null,
    number smallint not null,
    -- the server's wall clock as the file says it, and the same moment with the offset of its time zone
    ended_local timestamp not null,
    ended_at timestamptz not null,
    utc_offset_s integer not null,
    limit_s integer,
    target_s integer,
    defender text check (defender in ('axis', 'allies')),
    winner text check (winner in ('axis', 'allies')),
    aborted boolean not null default false,
    exact boolean not null,
    match_id text not null references slomix.match (id) deferrable initially deferred,
    session_id text not null references slomix.session (id) deferrable initially deferred,
    imported_at timestamptz not null default now(),
    unique (server_id, map, number, ended_local)
);
create index round_by_server_time on slomix.round (server_id, ended_at);
create index round_by_time on slomix.round (ended_at desc);
create index round_session on slomix.round (session_id, ended_at);
create index round_match on slomix.round (match_id);

alter table slomix.match
    add foreign key (r1_round_id) references slomix.round (id) on update cascade deferrable initially deferred,
    add foreign key (r2_round_id) references slomix.round (id) on update cascade deferrable initially deferred;

-- An id that a better sighting of the same round superseded. Tables that hang on slomix.round (id) follow it with
-- "on update cascade".
create table slomix.round_alias (
    id text primary key,
    round_id text not null references slomix.round (id) on delete cascade on update cascade
);
create index round_alias_round on slomix.round_alias (round_id);

create table slomix.player (
    id text primary key,
    first_seen timestamptz not null,
    last_seen timestamptz not null,
    -- the most recent name, for lists
    name_raw text not null,
    name text not null,
    is_bot boolean not null default false
);
create index player_by_name on slomix.player (lower(name) text_pattern_ops);

-- `key` is a GUID, or what stands for it (slomix.nouns.RosterEntry.key).
create table slomix.player_guid (
    key text primary key,
    guid text not null,
    player_id text not null references slomix.player (id)
);
create index player_guid_player on slomix.player_guid (player_id);
create index player_guid_guid on slomix.player_guid (guid);

create table slomix.player_name (
    player_id text not null references slomix.player (id),
    raw text not null,
    name text not null,
    first_seen timestamptz not null,
    last_seen timestamptz not null,
    primary key (player_id, raw)
);
create index player_name_search on slomix.player_name (lower(name) text_pattern_ops);

create table slomix.round_player (
    round_id text not null references slomix.round (id) on delete cascade on update cascade,
    player_id text not null references slomix.player (id),
    key text not null,
    name_raw text not null,
    side text check (side in ('axis', 'allies', 'spectator')),
    continuity integer,
    primary key (round_id, key)
);
create index round_player_player on slomix.round_player (player_id);

-- The ledger: one row per content. `raw` is zlib; NULL only where the file was too large to keep.
create table slomix.artifact (
    sha256 bytea primary key,
    seq bigint generated always as identity unique,
    name text not null,
    source text not null,
    server_id text references slomix.server (id),
    size integer not null,
    raw bytea,
    received_at timestamptz not null default now(),
    outcome text not null check (outcome in ('imported', 'empty', 'quarantined')),
    reason text check (
        (outcome = 'quarantined') = (reason is not null)
    ),
    detail text,
    parser text,
    parser_version integer,
    round_id text references slomix.round (id) on update cascade,
    revision boolean not null default false
);
-- zlib can not be made smaller: do not try
alter table slomix.artifact alter column raw set storage external;
create index artifact_name on slomix.artifact (name);
create index artifact_round on slomix.artifact (round_id);
create index artifact_server on slomix.artifact (server_id);
create index artifact_outcome on slomix.artifact (outcome, received_at desc);
