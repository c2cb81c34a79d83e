-- depends: stats.0002.derived
-- What the community says itself: whom it votes for, and what a week is about.

-- One vote per person and session; the last one counts. `voter` is a Discord user.
create table stats.mvp_vote (
    session_id text not null,
    voter bigint not null,
    player_id text not null references slomix.player (id) deferrable initially deferred,
    voted_at timestamptz not null,
    primary key (session_id, voter)
);
create index mvp_vote_player on stats.mvp_vote (player_id);
create index mvp_vote_voter on stats.mvp_vote (voter);

-- `week` as ISO 8601 writes it: 2026-W47. `metric` is a name of slomix_stats.metrics.
create table stats.challenge (
    week text primary key check (week ~ '^\d{4}-W\d{2}$'),
    metric text not null,
    title text not null,
    set_by text not null,
    set_at timestamptz not null
);
