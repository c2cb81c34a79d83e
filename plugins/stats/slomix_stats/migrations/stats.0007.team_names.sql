-- depends: stats.0006.community
-- Teams are found by their names.
create index segment_name_a on stats.segment (lower(name_a));
create index segment_name_b on stats.segment (lower(name_b));
