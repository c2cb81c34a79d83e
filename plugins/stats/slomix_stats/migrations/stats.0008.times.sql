-- depends: stats.0007.pages
-- Who played when, counted by season and looked up by "the last weeks", without a look at the wide rows.
drop index stats.player_session_time;
create index player_session_time on stats.player_session (ended_at) include (session_id, player_id);
