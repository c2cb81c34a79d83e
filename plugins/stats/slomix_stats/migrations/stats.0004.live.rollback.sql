drop table stats.server_sample;
drop table stats.server_status;
drop table stats.live_feed;
drop table stats.live;
