-- How often a message ended the process, and the messages that were set aside for it.

create table attempt (
    topic      text        not null,
    partition  integer     not null,
    "offset"   bigint      not null,
    attempts   integer     not null default 1 check (attempts > 0),
    error      text        not null,
    first_at   timestamptz not null default now(),
    last_at    timestamptz not null default now(),
    primary key (topic, partition, "offset")
);

comment on table attempt is 'Messages whose handling made the process leave; counted before it left.';
comment on column attempt.error is 'Class of the exception, never its text.';

create table dead_letter (
    dead_letter_id bigint      generated always as identity primary key,
    topic          text        not null,
    partition      integer     not null,
    "offset"       bigint      not null,
    digest         bytea       not null,
    key            bytea,
    value          bytea,
    reason         text        not null,
    error          text,
    attempts       integer     not null default 0,
    died_at        timestamptz not null default now(),
    redriven_at    timestamptz,
    unique (topic, partition, "offset", digest)
);

create index dead_letter_waiting on dead_letter (topic) where redriven_at is null;

comment on table dead_letter is 'Messages this service will never handle as they are; `redrive` sends them again.';
comment on column dead_letter.digest is 'SHA-256 of key and value: tells a redelivery from a topic made anew.';
comment on column dead_letter.value is 'As received. Topics hold no identity and no free text.';
