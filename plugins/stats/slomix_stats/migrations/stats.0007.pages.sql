-- depends: stats.0006.community
-- What pages read at once: sums over all time of pairs and maps, and the order in which they look things up.

-- stats.pair_session over all sessions.
create table stats.pair_total (
    player_id text not null references slomix.player (id) deferrable initially deferred,
    other_id text not null references slomix.player (id) deferrable initially deferred,
    together boolean not null,
    rounds integer not null,
    matches integer not null,
    won integer not null,
    lost integer not null,
    drawn integer not null,
    time_played_s bigint not null,
    damage_given bigint not null,
    kills bigint not null,
    deaths bigint not null,
    primary key (player_id, other_id, together)
);
create index pair_total_other on stats.pair_total (other_id);
insert into stats.pair_total
select player_id, other_id, together, sum(rounds), sum(matches), sum(won), sum(lost), sum(drawn), sum(time_played_s),
    sum(damage_given), sum(kills), sum(deaths)
from stats.pair_session
group by player_id, other_id, together;

-- How many rounds of stats.attack each map has.
create table stats.map_total (
    map text primary key,
    rounds integer not null
);
insert into stats.map_total select map, count(*) from stats.attack group by map;

-- The newest sessions of a player, in the order in which they are shown.
drop index stats.player_session_player;
create index player_session_player on stats.player_session (player_id, ended_at desc, session_id desc);
-- Who was in which segment, without a look at the rows.
drop index stats.segment_player_player;
create index segment_player_player on stats.segment_player (player_id) include (session_id, number, team);
