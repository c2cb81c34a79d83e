drop table stats.challenge;
drop table stats.mvp_vote;
