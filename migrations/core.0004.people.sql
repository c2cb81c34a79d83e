-- depends: core.0003.queue
-- People: what a player is called, which Discord account is whose, who may do what, who did what, who is forgotten.

-- A name of colour codes only is shown as the short GUID (slomix.identity.players does the same for new ones).
update slomix.player p
set name = left(g.guid, 8)
from slomix.player_guid g
where g.player_id = p.id and p.name = '';
update slomix.player_name n
set name = left(g.guid, 8)
from slomix.player_guid g
where g.player_id = n.player_id and n.name = '';

-- `linked_name` is that of the Discord account, kept here so that the name to show hangs on this row alone. `display`
-- is what people read, `display_raw` the same with the game's colour codes.
alter table slomix.player
    add column custom_name text,
    add column chosen_name text,
    add column linked_name text,
    add column display_raw text not null generated always as (
        coalesce(custom_name, chosen_name, linked_name, name_raw)
    ) stored,
    add column display text not null generated always as (
        coalesce(
            nullif(
                btrim(regexp_replace(coalesce(custom_name, chosen_name, linked_name, name_raw), '\^[^^]', '', 'g')), ''
            ),
            name
        )
    ) stored;
create index player_by_display on slomix.player (lower(display) text_pattern_ops);

-- An id that was merged into another player, so that old addresses still lead somewhere.
create table slomix.player_alias (
    id text primary key,
    player_id text not null references slomix.player (id) on delete cascade
);
create index player_alias_player on slomix.player_alias (player_id);

-- A Discord account and the player it is; one to one, while a player may have several GUIDs.
create table slomix.account (
    discord_id bigint primary key,
    player_id text not null unique references slomix.player (id) deferrable initially deferred,
    name text not null,
    linked_at timestamptz not null default now()
);

-- "Sick leave": somebody plays under another GUID for a while. It stays a player of its own until it is merged.
create table slomix.sick_leave (
    id bigint generated always as identity primary key,
    player_id text not null references slomix.player (id) deferrable initially deferred,
    key text not null,
    started_at timestamptz not null default now(),
    ended_at timestamptz,
    merged_at timestamptz
);
create unique index sick_leave_open on slomix.sick_leave (player_id) where ended_at is null;
create index sick_leave_player on slomix.sick_leave (player_id, started_at);

-- Who may do what, by Discord account. The owner is a setting (slomix.discord.owner).
create table slomix.tier (
    discord_id bigint primary key,
    tier text not null check (tier in ('admin', 'moderator')),
    name text not null,
    granted_at timestamptz not null default now()
);
create table slomix.capability_grant (
    discord_id bigint not null,
    capability text not null,
    name text not null,
    granted_at timestamptz not null default now(),
    primary key (discord_id, capability)
);

-- Who did what to whom, when and why. `actor` is discord:<id>, cli:<account> or slomix; `detail` holds what an undo
-- needs; `undoes` is the entry that this one took back.
create table slomix.audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    actor text not null,
    action text not null,
    subject text not null,
    reason text not null default '',
    detail jsonb not null default '{}',
    undoes bigint unique references slomix.audit (id)
);
create index audit_subject on slomix.audit (subject, id);
create index audit_action on slomix.audit (action, id);

-- GUIDs of people who asked to be forgotten, as a slow salted hash: their old files are read with `key` instead.
create table slomix.forgotten (
    digest bytea primary key,
    salt bytea not null,
    key text not null unique,
    forgotten_at timestamptz not null default now()
);
create index forgotten_time on slomix.forgotten (forgotten_at);
