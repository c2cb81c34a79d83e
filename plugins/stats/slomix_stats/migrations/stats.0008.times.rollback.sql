drop index stats.player_session_time;
create index player_session_time on stats.player_session (ended_at);
