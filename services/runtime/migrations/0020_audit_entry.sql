-- Who did what with a child's data: one shape in every schema, written in the transaction that does it.
-- No ref and no text: `marks` are digests whose secret dies with the child (intake.audit_marks).

create table audit_entry (
    seq          bigint      generated always as identity primary key,
    at           timestamptz not null default clock_timestamp(),
    operation    text        not null check (operation in
        ('collection', 'alteration', 'consultation', 'disclosure', 'combination', 'erasure')),
    action       text        not null check (action ~ '^[a-z][a-z0-9-]{0,63}$'),
    purpose      text        not null check (purpose ~ '^[a-z][a-z0-9-]{0,63}$'),
    subject      text        not null,
    agency       text        not null,
    role         text        not null,
    marks        bytea[]     not null default '{}',
    asked        jsonb       not null default '{}',
    row_count    integer     not null check (row_count >= 0),
    recipient    text        check (recipient ~ '^[a-z][a-z0-9-]{0,63}$'),
    correlation  text        not null,
    check (operation <> 'disclosure' or recipient is not null)
);

create index audit_entry_at on audit_entry using brin (at);
create index audit_entry_marks on audit_entry using gin (marks);

comment on table audit_entry is 'The six operations of DPA 2018 s.62 on children''s data; append-only.';
comment on column audit_entry.operation is 'One of the six operations of DPA 2018 s.62.';
comment on column audit_entry.subject is 'Who, as the token names them; a service by its own name.';
comment on column audit_entry.marks is 'Which records, and what was asked for: digests, see docs/decisions/audit-and-erasure.md.';
comment on column audit_entry.asked is 'Codes that were asked by; never a value, a ref or free text.';
comment on column audit_entry.row_count is 'How many rows came back, or were written.';
comment on column audit_entry.recipient is 'To whom it was disclosed: an agency or the code of an endpoint.';
comment on column audit_entry.correlation is 'Random; the same for all that one request did, and in its log line.';

create function audit_entry_is_append_only() returns trigger language plpgsql as
$$ begin raise exception 'audit rows are never changed' using errcode = '42501'; end $$;
create trigger audit_entry_is_append_only before update or delete or truncate on audit_entry
    for each statement execute function audit_entry_is_append_only();
revoke update, delete, truncate on audit_entry from current_user;
