drop table voice.gathering;
drop table voice.presence;
