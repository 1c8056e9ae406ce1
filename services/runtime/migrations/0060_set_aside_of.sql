-- For subject access: which messages about these refs were set aside here. In every schema that keeps
-- dead letters, so that none is forgotten; granted in deploy/grants.sql.
do $do$ begin execute format($make$
create function set_aside_of(refs text[]) returns table (kept text, said jsonb)
    language sql stable security definer set search_path = %1$I, pg_temp as
$$ select '%1$s.dead_letter', to_jsonb(d) from dead_letter d
   where d.key = any (select convert_to(ref, 'UTF8') from unnest(refs) as ref) $$
$make$, current_schema()); end $do$;
revoke all on function set_aside_of(text[]) from public;
