-- Who is in a watched channel now. `person` is a Discord user.
create table voice.presence (
    person bigint primary key,
    channel bigint not null,
    since timestamptz not null
);

-- Evenings. `few_since`: since when there are too few to go on; the clock of the end runs from there, also while the
-- bot is away.
create table voice.gathering (
    id bigint generated always as identity primary key,
    started_at timestamptz not null,
    ended_at timestamptz,
    few_since timestamptz,
    most integer not null,
    suggested integer[] not null default '{}'
);
create unique index gathering_one_is_on on voice.gathering ((true)) where ended_at is null;
