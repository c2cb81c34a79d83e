drop index stats.segment_player_player;
create index segment_player_player on stats.segment_player (player_id);
drop index stats.player_session_player;
create index player_session_player on stats.player_session (player_id, ended_at desc);
drop table stats.map_total;
drop table stats.pair_total;
