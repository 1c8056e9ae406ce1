-- People who are signed in to a service that answers them, and those who are on their way. What the
-- browser holds is random; here is its digest alone, so that nobody who reads the table can be them.

create table session (
    token_digest bytea       primary key,
    subject      text        not null,
    agency       text        not null,
    role         text        not null,
    areas        text[],
    csrf         text        not null,
    began_at     timestamptz not null default clock_timestamp(),
    seen_at      timestamptz not null default clock_timestamp(),
    ends_at      timestamptz not null
);
create index session_ends on session (ends_at);
comment on column session.areas is 'Null: the provider narrows nothing.';

create table sign_in (
    state_digest bytea       primary key,
    nonce        text        not null,
    verifier     text        not null,
    return_to    text        not null,
    ends_at      timestamptz not null
);
create index sign_in_ends on sign_in (ends_at);
comment on table sign_in is 'Sign-ins begun and not ended; each is taken once.';
