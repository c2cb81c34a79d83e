-- depends: core.0008.walls
-- Who logged in on the web, and the browsers in which they are.
create table slomix.web_user (
    discord_id bigint primary key,
    name text not null,
    avatar text,
    first_login_at timestamptz not null,
    last_login_at timestamptz not null
);

-- One row per browser that is logged in. `digest` is the SHA-256 of what the browser's cookie holds; `roles` are the
-- roles in the guild at login, where the settings map some to rights.
create table slomix.web_session (
    digest bytea primary key,
    discord_id bigint not null references slomix.web_user (discord_id) on delete cascade,
    agent text not null,
    roles bigint[] not null default '{}',
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null
);
create index web_session_user on slomix.web_session (discord_id, created_at);
create index web_session_expiry on slomix.web_session (expires_at);

comment on table slomix.web_user is 'private: who logged in, and when';
comment on table slomix.web_session is 'private: who is logged in, and with which browsers';
