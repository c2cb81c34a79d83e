drop index stats.segment_name_a;
drop index stats.segment_name_b;
