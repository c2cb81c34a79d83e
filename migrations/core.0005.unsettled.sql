-- depends: core.0003.queue
-- Sessions that a parser still has to settle (slomix.contrib.Parser.settle): written by the import that changed the
-- session, gone with the transaction that settles it. `server` is the server's name: its lock is held meanwhile.

create table slomix.unsettled (
    parser text not null,
    session_id text not null,
    server text not null,
    primary key (parser, session_id)
);

-- What was imported before there was anything to settle.
insert into slomix.unsettled (parser, session_id, server)
select distinct a.parser, r.session_id, v.name
from slomix.artifact a
join slomix.round r on r.id = a.round_id
join slomix.server v on v.id = r.server_id
where a.outcome = 'imported' and a.parser is not null;
