-- Referrals as they stand now, one row each: what dip samples are drawn of, and what became of referrals to
-- services. Kept with the child's facts, for a page cannot read the histories of a county. Of what
-- was believed before nothing is kept: a release counts referrals to services from chronology.
CREATE TABLE dip_referral (
    child_ref            text NOT NULL,
    source               text NOT NULL,        -- the event by which it was first made
    event                text NOT NULL,
    referral_ref         text NOT NULL,
    agency               text NOT NULL,        -- who made it
    made_at              timestamptz NOT NULL,
    general_cid          boolean NOT NULL,
    no_further_action    text[] NOT NULL,      -- the agencies that decided so
    custody              text[] NOT NULL,      -- the agencies that told of what set it off
    voluntary_interview  text[] NOT NULL,
    lately               text[] NOT NULL,      -- the agency of each referral that counts towards repeats
    repeats              int NOT NULL,         -- how many of them make it one
    sex                  text,
    ethnicity            text,
    read                 text,                 -- JSON: who graded what, by number; null unless two did
    lot                  int NOT NULL,         -- a digest of the event; a seed gives each lot its turn
    PRIMARY KEY (child_ref, source, event)
);
-- A month is drawn from without the table's rows.
CREATE INDEX dip_referral_month ON dip_referral (made_at)
    INCLUDE (agency, child_ref, general_cid, no_further_action, custody, voluntary_interview, lately,
             repeats, sex, ethnicity, lot);
CREATE INDEX dip_referral_read ON dip_referral (made_at) WHERE read IS NOT NULL;

CREATE TABLE onward (
    child_ref       text NOT NULL,
    source          text NOT NULL,             -- the event by which it was made
    event           text NOT NULL,
    service_ref     text NOT NULL,
    item            text NOT NULL,             -- how a list names it
    agency          text NOT NULL,             -- who made it
    provider        text NOT NULL,
    kind            text NOT NULL,
    sector          text NOT NULL,
    area            text,
    made_at         timestamptz NOT NULL,
    state           text NOT NULL,
    accepted_at     timestamptz,
    declined_at     timestamptz,
    reason          text,
    started_at      timestamptz,
    ended_at        timestamptz,
    outcome         text,
    helped          text,
    days_to_accept  int,
    days_to_start   int,
    days_to_again   int,                       -- from a decline to the child's next, whosever it is
    odd             text[] NOT NULL,
    erased_at       timestamptz,               -- the child was erased then: refs are new
    PRIMARY KEY (child_ref, source, event)
);
-- Figures are counted, and lists paged, without the table's rows.
CREATE INDEX onward_made ON onward (made_at, item)
    INCLUDE (agency, provider, kind, sector, area, state, reason, helped, days_to_accept, days_to_start,
             days_to_again, child_ref, erased_at);
CREATE INDEX onward_key ON onward ((source || '|' || event));

CREATE UNLOGGED TABLE rebuild_dip_referral (LIKE dip_referral);
CREATE INDEX rebuild_dip_referral_child ON rebuild_dip_referral (child_ref);
CREATE UNLOGGED TABLE rebuild_onward (LIKE onward);
ALTER TABLE rebuild_onward DROP COLUMN erased_at;
CREATE INDEX rebuild_onward_child ON rebuild_onward (child_ref);

-- As who asks sees them; who referred the child again is for figures alone.
CREATE VIEW seen_dip_referral WITH (security_invoker = true) AS SELECT * FROM dip_referral;
CREATE VIEW seen_onward WITH (security_invoker = true) AS
    SELECT child_ref, source, event, service_ref, item, agency, provider, kind, sector, area, made_at,
           state, accepted_at, declined_at, reason, started_at, ended_at, outcome, helped,
           days_to_accept, days_to_start, odd
    FROM onward;

-- What became of the referrals made in a period by agencies of whose figures the asker sees, by the
-- asker's own, or to a provider that it answers for: how many stand alike (`wait` is null), and how
-- many of each group, and of all ('', ''), waited so many days. Read once for both.
CREATE FUNCTION counted_onward(since timestamptz, before timestamptz, within int)
    RETURNS TABLE (wait text, dimension text, held text, days int, provider text, kind text, area text,
                   sector text, state text, reason text, helped text, accept_known boolean,
                   start_known boolean, referred_again boolean, number bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ledger, pg_temp AS
$$ WITH made AS MATERIALIZED (
       SELECT provider, kind, area, sector, state, reason, helped, days_to_accept, days_to_start,
              coalesce(days_to_again <= within, false) AS again, count(*) AS n
       FROM onward
       WHERE made_at >= since AND made_at < before
         AND (agency = ANY ((SELECT access.figures() || access.own())::text[])
              OR provider = ANY ((SELECT access.provides())::text[]))
       GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
   waits AS (
       SELECT wait, days, provider, kind, coalesce(area, 'unknown') AS area, sector, sum(n) AS n
       FROM made CROSS JOIN LATERAL (VALUES
           ('days_to_accept', days_to_accept, state IN ('accepted', 'started', 'ended')),
           ('days_to_start', days_to_start, state IN ('started', 'ended'))) AS of (wait, days, counts)
       WHERE counts AND days IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6)
   SELECT NULL, NULL, NULL, NULL::int, provider, kind, area, sector, state, reason, helped,
          days_to_accept IS NOT NULL, days_to_start IS NOT NULL, again, sum(n)::bigint
   FROM made GROUP BY 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
   UNION ALL
   SELECT wait, CASE WHEN GROUPING(provider) = 0 THEN 'provider' WHEN GROUPING(kind) = 0 THEN 'kind'
                     WHEN GROUPING(area) = 0 THEN 'area' WHEN GROUPING(sector) = 0 THEN 'sector'
                     ELSE '' END,
          coalesce(provider, kind, area, sector, ''), days, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
          NULL, NULL, NULL, sum(n)::bigint
   FROM waits GROUP BY wait, days, GROUPING SETS ((provider), (kind), (area), (sector), ()) $$;
REVOKE ALL ON FUNCTION counted_onward(timestamptz, timestamptz, int) FROM PUBLIC;

CREATE OR REPLACE FUNCTION held_of(refs text[], keys text[]) RETURNS TABLE (kept text, said jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ledger, pg_temp AS
$$ SELECT 'ledger.child', to_jsonb(t) FROM child t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.verdict', to_jsonb(t) FROM verdict t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.gap', to_jsonb(t) FROM gap t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.sweep', to_jsonb(t) FROM sweep t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.rebuild_child', to_jsonb(t) FROM rebuild_child t
       WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.rebuild_unjudged', to_jsonb(t) FROM rebuild_unjudged t
       WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.rebuild_gap', to_jsonb(t) FROM rebuild_gap t
       WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.fact', to_jsonb(t) FROM fact t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.rebuild_fact', to_jsonb(t) FROM rebuild_fact t
       WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.dip_referral', to_jsonb(t) FROM dip_referral t
       WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.rebuild_dip_referral', to_jsonb(t) FROM rebuild_dip_referral t
       WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.onward', to_jsonb(t) FROM onward t WHERE child_ref = ANY (refs)
   UNION ALL SELECT 'ledger.rebuild_onward', to_jsonb(t) FROM rebuild_onward t
       WHERE child_ref = ANY (refs) $$;
