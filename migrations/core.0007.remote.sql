-- depends: core.0003.queue
-- What was fetched from other machines, so that nothing is downloaded twice, and how each of them is.

create table slomix.remote_file (
    -- user@host:port
    source text not null,
    -- as the other machine writes it, which need not be text
    path bytea not null,
    size bigint not null,
    -- seconds since 1970, by the clock over there
    mtime bigint not null,
    done_at timestamptz not null default now(),
    primary key (source, path)
);

create table slomix.remote_source (
    source text primary key,
    -- when all its folders were listed the last time
    checked_at timestamptz,
    -- what is wrong since when; null: nothing
    trouble text,
    trouble_since timestamptz
);
