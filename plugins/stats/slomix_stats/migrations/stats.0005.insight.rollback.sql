drop table stats.settled;
drop index stats.segment_name_b;
drop index stats.segment_name_a;
drop table stats.attack;
drop table stats.pair_session;
drop table stats.achievement;
drop table stats.best;
