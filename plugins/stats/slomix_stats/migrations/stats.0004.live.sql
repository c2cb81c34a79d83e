-- depends: stats.0001.rounds
-- What happens now. The live tables are not logged: after a crash they are empty, and the game host tells anew. Standbys
-- do not have them, so they are always read from the primary.

create unlogged table stats.live (
    server_id text primary key references slomix.server (id) on delete cascade,
    -- slomix_stats.live.state.LiveState
    state jsonb not null,
    updated_at timestamptz not null default now()
);

-- The latest thousand entries of each server, ten minutes of them.
create unlogged table stats.live_feed (
    seq bigint generated always as identity primary key,
    server_id text not null references slomix.server (id) on delete cascade,
    at timestamptz not null,
    -- slomix_stats.live.state.Told
    entry jsonb not null
);
create index live_feed_server on stats.live_feed (server_id, seq desc);

-- What servers said when they were asked (getstatus), by the names of their settings.
create table stats.server_status (
    server text primary key,
    address text not null,
    asked_at timestamptz not null,
    answered_at timestamptz,
    -- slomix_stats.live.getstatus.Answer of the last time it answered
    answer jsonb,
    -- why it did not answer the last time; null: it did
    trouble text
);

-- Players over time; no number: it did not answer.
create table stats.server_sample (
    server text not null,
    at timestamptz not null,
    map text,
    humans smallint,
    bots smallint,
    primary key (server, at)
);
