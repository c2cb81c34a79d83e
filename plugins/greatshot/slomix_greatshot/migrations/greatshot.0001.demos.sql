-- Demos, what was read out of them, and what is made of them. Files lie in the data folder; `stored` is their name there.
create table greatshot.demo (
    id text primary key,
    sha256 bytea not null unique,
    name text not null,
    suffix text not null check (suffix in ('dm_83', 'dm_84', 'tv_84')),
    size bigint not null,
    stored text unique,
    -- a Discord account; null for files out of a watched folder
    uploader bigint,
    source text not null check (source in ('web', 'discord', 'folder')),
    state text not null check (state in ('queued', 'scanning', 'ready', 'partial', 'failed')),
    reason text,
    warnings text[] not null default '{}',
    uploaded_at timestamptz not null,
    scanned_at timestamptz,
    -- when the recording began, by the name of the file
    recorded_at timestamptz,
    server text,
    map text,
    version text,
    protocol integer,
    broadcast boolean not null default false,
    viewer integer,
    snapshots integer not null default 0,
    first_ms bigint not null default 0,
    last_ms bigint not null default 0,
    reader text
);
create index demo_by_time on greatshot.demo (uploaded_at desc, id);
create index demo_uploader on greatshot.demo (uploader, uploaded_at);
create index demo_map on greatshot.demo (map);

-- A round of a demo, and the round of stats that it is. Number 0 is a demo in which no round was told.
create table greatshot.demo_round (
    demo_id text not null references greatshot.demo (id) on delete cascade,
    number integer not null,
    start_ms bigint not null,
    end_ms bigint,
    winner smallint not null,
    stopwatch smallint not null,
    partial boolean not null,
    round_id text references slomix.round (id) on delete set null on update cascade,
    confidence integer,
    evidence text[] not null default '{}',
    primary key (demo_id, number)
);
create index demo_round_round on greatshot.demo_round (round_id);

-- Who was in a demo. `key` is the player's in the linked round (slomix.round_player.key), from which the player follows.
create table greatshot.demo_player (
    demo_id text not null references greatshot.demo (id) on delete cascade,
    number integer not null,
    slot integer not null,
    name_raw text not null,
    name text not null,
    team smallint not null,
    bot boolean,
    kills integer not null,
    deaths integer not null,
    headshots integer not null,
    headshots_unknown integer not null,
    team_kills integer not null,
    self_kills integer not null,
    hits_seen integer not null,
    head_hits_seen integer not null,
    revives integer not null,
    damage_given bigint,
    key text,
    player_id text references slomix.player (id),
    primary key (demo_id, number)
);
create index demo_player_player on greatshot.demo_player (player_id);

create table greatshot.death (
    demo_id text not null references greatshot.demo (id) on delete cascade,
    number integer not null,
    time_ms bigint not null,
    attacker integer,
    victim integer,
    means text not null,
    kind text not null,
    headshot boolean,
    phase smallint not null,
    round integer,
    primary key (demo_id, number)
);

create table greatshot.chat (
    demo_id text not null references greatshot.demo (id) on delete cascade,
    number integer not null,
    time_ms bigint not null,
    player integer,
    channel text not null,
    words text not null,
    primary key (demo_id, number)
);

-- `sentence` and `detail` name nobody: players are numbers of demo_player. `clip` is a file in the data folder.
create table greatshot.highlight (
    id text primary key,
    demo_id text not null references greatshot.demo (id) on delete cascade,
    rank integer not null,
    kind text not null,
    player integer not null,
    round integer,
    start_ms bigint not null,
    end_ms bigint not null,
    clock_ms bigint not null,
    kills integer not null,
    headshots integer not null,
    score double precision not null,
    sentence text not null,
    in_view boolean not null,
    detail jsonb not null,
    clip text unique,
    clip_size integer,
    clipped_at timestamptz,
    unique (demo_id, rank)
);
create index highlight_best on greatshot.highlight (score desc, id);
create index highlight_kind on greatshot.highlight (kind, score desc);
create index highlight_player on greatshot.highlight (demo_id, player);

create table greatshot.render (
    id text primary key,
    highlight_id text not null references greatshot.highlight (id) on delete cascade,
    state text not null check (state in ('queued', 'rendering', 'done', 'failed')),
    backend text not null,
    asked_by bigint,
    asked_at timestamptz not null,
    ended_at timestamptz,
    error text,
    file text unique,
    size bigint
);
create index render_highlight on greatshot.render (highlight_id, asked_at);
create index render_state on greatshot.render (state, asked_at);

-- Files of watched folders that were looked at, so that each is read once.
create table greatshot.seen_file (
    path text primary key,
    size bigint not null,
    changed_ns bigint not null,
    seen_at timestamptz not null,
    outcome text not null
);

-- Published: a demo in a list, and a moment with what it belongs to.
create view greatshot.pub_demo as
select d.id, d.name, d.size, d.state, d.reason, d.uploaded_at, d.recorded_at, d.map, d.version,
    greatest(d.last_ms - d.first_ms, 0) as length_ms, d.stored is not null as available,
    (select count(*) from greatshot.demo_player p
        where p.demo_id = d.id and (p.team in (1, 2) or p.kills > 0)) as players,
    (select coalesce(sum(p.kills), 0)::integer from greatshot.demo_player p where p.demo_id = d.id) as kills,
    (select count(*) from greatshot.highlight h where h.demo_id = d.id) as highlights,
    array(select r.round_id from greatshot.demo_round r where r.demo_id = d.id and r.round_id is not null
        order by r.number) as round_ids
from greatshot.demo d;

create view greatshot.pub_highlight as
select h.id, h.demo_id, h.rank, h.kind, h.score, h.kills, h.headshots, h.clock_ms, h.end_ms - h.start_ms as length_ms,
    h.sentence, h.clip is not null as has_clip, p.name, p.name_raw, p.player_id, d.map, d.recorded_at, d.uploaded_at,
    r.round_id
from greatshot.highlight h
join greatshot.demo d on d.id = h.demo_id
join greatshot.demo_player p on p.demo_id = h.demo_id and p.number = h.player
left join greatshot.demo_round r on r.demo_id = h.demo_id and r.number = coalesce(h.round, 0);
