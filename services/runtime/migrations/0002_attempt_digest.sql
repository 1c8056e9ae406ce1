-- An attempt belongs to a message, not to its place: a topic made anew has the same places.

alter table attempt add column digest bytea;

comment on column attempt.digest is 'SHA-256 of key and value, as in dead_letter; null where written before there was one.';
