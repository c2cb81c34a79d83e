drop table stats.report_player;
drop table stats.report;
drop table stats.versus;
drop table stats.award;
drop table stats.input;
