drop table stats.match_result;
drop view stats.weapon_round;
drop table stats.player_round;
drop table stats.round;
