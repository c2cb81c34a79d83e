-- What people said for a day. `person` is a Discord user.
create table availability.answer (
    day date not null,
    person bigint not null,
    status text not null check (status in ('available', 'maybe', 'looking', 'not_playing')),
    answered_at timestamptz not null,
    primary key (day, person)
);
create index answer_person on availability.answer (person);

-- A day that was asked for, and when there were enough for the first time.
create table availability.poll (
    day date primary key,
    opened_at timestamptz not null,
    enough_at timestamptz
);

create table availability.reminder (
    day date not null references availability.poll (day) on delete cascade,
    due time not null,
    sent_at timestamptz not null,
    primary key (day, due)
);

-- Who wants direct messages. `threshold` is the number of people from which on this person wants to know.
create table availability.wish (
    person bigint primary key,
    enough boolean not null,
    reminders boolean not null,
    threshold integer check (threshold between 1 and 64)
);
