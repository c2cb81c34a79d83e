create table hello.greeting (
    round_id text primary key references slomix.round (id) on delete cascade on update cascade,
    text text not null
);
