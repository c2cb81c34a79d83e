-- depends: core.0001.nouns
-- Events, the inbox of durable handlers, Discord posts, and what the last start said of the plugins.

create table slomix.event (
    seq bigint generated always as identity primary key,
    key text not null,
    version integer not null,
    payload jsonb not null,
    published_at timestamptz not null default now()
);
create index event_by_key on slomix.event (key, seq);

-- A durable handler's first row: (handler, event) can be inserted once, so its effects happen once.
create table slomix.inbox (
    handler text not null,
    event_seq bigint not null references slomix.event (seq) on delete cascade,
    done_at timestamptz not null default now(),
    primary key (handler, event_seq)
);
create index inbox_event on slomix.inbox (event_seq);

-- The post ledger. `wanted` counts the requests, `done` is the count that the message shows.
create table slomix.post (
    post text not null,
    subject text not null,
    wanted integer not null default 1,
    done integer not null default 0,
    state text not null default 'wanted' check (state in ('wanted', 'sent', 'void', 'failed')),
    channel_id bigint,
    message_id bigint,
    nonce text not null,
    attempts integer not null default 0,
    error text,
    retry_at timestamptz not null default now(),
    requested_at timestamptz not null default now(),
    sent_at timestamptz,
    primary key (post, subject)
);
create index post_due on slomix.post (retry_at) where done < wanted;

create table slomix.plugin_state (
    name text primary key,
    version text,
    state text not null,
    reason text not null default '',
    hooks text[] not null default '{}',
    started_at timestamptz not null default now()
);
