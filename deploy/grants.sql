-- Who may read whose views across schemas, and behind which condition each table stands that holds a
-- child's rows; run by the database's owner after migrations, any number of times.

-- The audit reads the record of every schema, and nothing else of it.
DO $$ DECLARE kept record; BEGIN
    FOR kept IN SELECT nspname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                WHERE relname = 'audit_entry' AND relkind = 'r' LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO audit', kept.nspname);
        EXECUTE format('GRANT SELECT ON %I.audit_entry TO audit', kept.nspname);
    END LOOP;
END $$;

-- What earlier versions granted and nobody needs any more.
REVOKE SELECT ON ALL TABLES IN SCHEMA chronology, ledger FROM dashboards;
REVOKE EXECUTE ON FUNCTION chronology.equity_events(text[], timestamptz, timestamptz) FROM dashboards;

-- And gives of it what a role may be told: functions that ask who asks.
GRANT USAGE ON SCHEMA audit TO intake_reader;
GRANT EXECUTE ON FUNCTION audit.accesses(text[], int),
                audit.search(text[], timestamptz, timestamptz, text, text, int) TO intake_reader;
GRANT USAGE ON SCHEMA intake TO audit;
GRANT EXECUTE ON FUNCTION intake.audit_marks(int[], text[], boolean[], text[]) TO audit;

-- Subject access: intake gathers what every schema holds of one child, by functions that each makes.
DO $$ DECLARE gives record; BEGIN
    FOR gives IN SELECT pg_proc.oid::regprocedure AS held, nspname FROM pg_proc
                 JOIN pg_namespace ON pg_namespace.oid = pronamespace
                 WHERE proname IN ('held_of', 'set_aside_of', 'looks_of') LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO intake', gives.nspname);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO intake', gives.held);
    END LOOP;
END $$;

-- What was told for long enough, and what is over: intake's command for retention disposes of it.
GRANT EXECUTE ON FUNCTION feedback.over_entries(timestamptz, text[]),
                feedback.dispose_of_entries(timestamptz, text[]) TO intake;

-- Workers, by views that have their owner's rights.
GRANT USAGE ON SCHEMA chronology TO intake, ledger, feedback;
GRANT SELECT ON chronology.event_position, chronology.move_position, chronology.record_position,
                chronology.touch_position, chronology.child_position, chronology.history_event,
                chronology.history_retraction TO intake;
GRANT SELECT ON chronology.child_position, chronology.history_event, chronology.history_training,
                chronology.history_retraction, chronology.event_kind TO ledger;
GRANT SELECT ON chronology.onward_event, chronology.onward_retraction, chronology.event_arrival TO ledger;
GRANT EXECUTE ON FUNCTION chronology.equity_events(text[], timestamptz, timestamptz) TO ledger;   -- for releases
GRANT EXECUTE ON FUNCTION chronology.practice_times(timestamptz, float8[]), chronology.practice_counts(timestamptz, text[]),
                chronology.ages_at(text[], text[]) TO ledger;   -- for monitoring: counts and ages, no child
GRANT SELECT ON chronology.history_event, chronology.history_retraction TO feedback;
GRANT SELECT (topic, digest, redriven_at) ON chronology.dead_letter TO intake;
GRANT EXECUTE ON FUNCTION chronology.request_publication(text), chronology.take_changed(int) TO ledger;
GRANT USAGE ON SCHEMA chronology TO dashboards;
GRANT EXECUTE ON FUNCTION chronology.feed_counts(timestamptz) TO dashboards;
GRANT USAGE ON SCHEMA intake TO dashboards;
GRANT EXECUTE ON FUNCTION intake.audit_marks(int[], text[], boolean[], text[]) TO dashboards;
GRANT USAGE ON SCHEMA ledger TO intake, feedback, timeliness, completeness, cumulative_harm, oversight, equity;
GRANT SELECT ON ledger.verdict_position, ledger.deployed_judge, ledger.belief TO intake;
GRANT SELECT ON ledger.current_epoch TO timeliness, completeness, cumulative_harm, oversight, equity;
GRANT SELECT ON ledger.belief, ledger.watermark TO feedback;
-- Intake registers webhooks; feedback calls them.
GRANT USAGE ON SCHEMA feedback TO intake;
GRANT SELECT, INSERT, UPDATE, DELETE ON feedback.webhook TO intake;
GRANT SELECT ON feedback.undelivered_entry, feedback.feed_end TO intake;
GRANT EXECUTE ON FUNCTION feedback.redrive(text, text[]) TO intake;
-- Erasure: chronology waits for the ledger, intake for chronology; figures count who is gone, too.
GRANT USAGE ON SCHEMA ledger TO chronology;
GRANT SELECT ON ledger.erased TO chronology;
GRANT SELECT ON chronology.erasure_done TO intake;
-- Who was shown a child's rows, so that erasure can say where it does not reach.
GRANT USAGE ON SCHEMA dashboards TO intake;
GRANT SELECT ON dashboards.audit_entry TO intake;
GRANT USAGE ON SCHEMA chronology, ledger TO alerts;
GRANT SELECT ON chronology.alert_word, chronology.alert_heard, chronology.history_retraction TO alerts;
GRANT SELECT ON ledger.belief, ledger.watermark, ledger.erased TO alerts;

-- Readers, on behalf of who asks: what is in the views seen_…, and functions that give no child's row.
GRANT USAGE ON SCHEMA ledger TO intake_reader, dashboards_reader;
GRANT USAGE ON SCHEMA chronology TO dashboards_reader;
GRANT USAGE ON SCHEMA feedback TO intake_reader;
GRANT SELECT ON feedback.seen_feed, feedback.feed_end TO intake_reader;
GRANT SELECT ON ledger.seen_belief TO intake_reader, dashboards_reader;
GRANT SELECT ON ledger.watermark, ledger.seen_rollup, ledger.seen_fact,
                ledger.seen_release_month, ledger.seen_release_cell,
                ledger.seen_release_withheld TO dashboards_reader;
GRANT EXECUTE ON FUNCTION ledger.counted_days(text, date, date, timestamptz, text, text),
                ledger.counted_changes(text, date, date, timestamptz, timestamptz, text, text)
                TO dashboards_reader;
GRANT SELECT ON chronology.seen_event, chronology.seen_history, chronology.seen_retraction,
                chronology.seen_child TO dashboards_reader;
GRANT EXECUTE ON FUNCTION chronology.seen_feed_counts(timestamptz),
                chronology.seen_equity_events(text[], timestamptz, timestamptz),
                ledger.seen_behind(text), ledger.seen_tally(timestamptz), ledger.seen_streams(jsonb),
                ledger.seen_places(jsonb, timestamptz, timestamptz, timestamptz, uuid, text, int),
                ledger.equity_findings(text[], timestamptz, timestamptz, timestamptz)
                TO dashboards_reader;
GRANT SELECT ON ledger.seen_release, ledger.seen_release_pack TO dashboards_reader, directory_reader;
GRANT USAGE ON SCHEMA chronology, intake, ledger TO directory_reader;
GRANT SELECT ON ledger.seen_dip_referral TO dashboards_reader;
GRANT SELECT ON ledger.seen_onward TO directory_reader;
GRANT EXECUTE ON FUNCTION ledger.counted_onward(timestamptz, timestamptz, int) TO directory_reader;
-- Until no version is in use that still asks chronology (docs/for-operators.md, Upgrades).
GRANT EXECUTE ON FUNCTION chronology.seen_onward(timestamptz, timestamptz),
                chronology.seen_onward_own(timestamptz, timestamptz) TO directory_reader;
GRANT EXECUTE ON FUNCTION intake.positions(text[]) TO intake_reader;
GRANT USAGE ON SCHEMA intake TO chronology, alerts, ledger;   -- whose functions leave out who is hidden
GRANT EXECUTE ON FUNCTION intake.hidden()
    TO intake_reader, dashboards_reader, alerts_reader, directory_reader, chronology, alerts, ledger;
GRANT USAGE ON SCHEMA intake TO dashboards_reader, alerts_reader;
GRANT EXECUTE ON FUNCTION intake.audit_marks(int[], text[], boolean[], text[])
    TO intake_reader, dashboards_reader, alerts_reader, directory_reader;
GRANT INSERT ON directory.audit_entry TO directory_reader;
GRANT INSERT ON intake.audit_entry TO intake_reader;
GRANT INSERT ON dashboards.audit_entry TO dashboards_reader;
GRANT INSERT ON alerts.audit_entry TO alerts_reader;
GRANT EXECUTE ON FUNCTION alerts.seen_unanswered(timestamptz), alerts.seen_weeks(timestamptz),
                alerts.seen_tally() TO alerts_reader;

-- The conditions, a line for each table: whom it shows its rows to, and which. A line without readers
-- keeps everybody out but the owner's workers. access.reach(): the agencies whose rows the asker sees;
-- intake.hidden(): refs of restricted children, and of their records, who are not there for the asker.
SELECT access.protect('ledger.gap', 'intake_reader, dashboards_reader',
    'erased_at IS NULL AND child_ref NOT IN (SELECT unnest(intake.hidden()))
        AND (agency = ANY ((SELECT access.reach())::text[])
                            OR visible_to && (SELECT access.own())::text[])');
SELECT access.protect('ledger.gap_tally');
SELECT access.protect('ledger.child');
SELECT access.protect('ledger.verdict');
SELECT access.protect('ledger.sweep');
SELECT access.protect('ledger.rebuild_child');
SELECT access.protect('ledger.rebuild_unjudged');
SELECT access.protect('ledger.rebuild_gap');
SELECT access.protect('ledger.rebuild_fact');
SELECT access.protect('ledger.rebuild_dip_referral');
SELECT access.protect('ledger.rebuild_onward');
-- What samples are drawn of, for reviewers alone, since a row says who else referred the child; and
-- what became of the asker's own referrals to services.
SELECT access.protect('ledger.dip_referral', 'dashboards_reader',
    $$(SELECT access.said('role')) = 'qa-reviewer' AND child_ref NOT IN (SELECT unnest(intake.hidden()))
        AND agency = ANY ((SELECT access.reach())::text[])$$);
SELECT access.protect('ledger.onward', 'directory_reader',
    'erased_at IS NULL AND child_ref NOT IN (SELECT unnest(intake.hidden()))
        AND (agency = ANY ((SELECT access.own())::text[])
                            OR provider = ANY ((SELECT access.provides())::text[]))');
-- What measures count, and of which cases: for who may see the cases. A count has nobody's ref.
SELECT access.protect('ledger.fact', 'dashboards_reader',
    'erased_at IS NULL AND child_ref NOT IN (SELECT unnest(intake.hidden()))
        AND agency = ANY ((SELECT access.reach())::text[])');
SELECT access.protect('ledger.rollup', 'dashboards_reader',
    'agency = ANY ((SELECT access.reach())::text[])');

-- What was published, to the office that it was published to.
SELECT access.protect('ledger.release', 'dashboards_reader, directory_reader',
    $$body = (SELECT access.said('agency')) AND (SELECT access.figures()) <> '{}'$$);
SELECT access.protect('ledger.release_month', 'dashboards_reader',
    $$body = (SELECT access.said('agency')) AND (SELECT access.figures()) <> '{}'$$);
SELECT access.protect('ledger.release_cell', 'dashboards_reader',
    $$body = (SELECT access.said('agency')) AND (SELECT access.figures()) <> '{}'$$);
SELECT access.protect('ledger.release_withheld', 'dashboards_reader',
    $$body = (SELECT access.said('agency')) AND (SELECT access.figures()) <> '{}'$$);
SELECT access.protect('ledger.release_pack', 'dashboards_reader, directory_reader',
    $$body = (SELECT access.said('agency')) AND (SELECT access.figures()) <> '{}'$$);

-- Also of another agency's event: when it was on which a gap is anchored that the asker sees.
SELECT access.protect('chronology.event', 'dashboards_reader',
    $$(record_ref IS NULL OR record_ref NOT IN (SELECT unnest(intake.hidden())))
        AND (split_part(source, '/', 2) = ANY ((SELECT access.reach())::text[]) OR EXISTS (
            SELECT FROM ledger.gap WHERE (anchor_source, anchor_id) = (source, id)))$$);
SELECT access.protect('chronology.record', 'dashboards_reader',
    'EXISTS (SELECT FROM chronology.event WHERE event.record_ref = record.record_ref)');
SELECT access.protect('chronology.child', 'dashboards_reader',
    'EXISTS (SELECT FROM chronology.record WHERE record.child_ref = child.child_ref)');
SELECT access.protect('chronology.retraction', 'dashboards_reader',
    $$split_part(source, '/', 2) = ANY ((SELECT access.reach())::text[])$$);
SELECT access.protect('chronology.feed_hour');
SELECT access.protect('chronology.erasure');
SELECT access.protect('chronology.erased_event');
SELECT access.protect('chronology.move');
SELECT access.protect('chronology.touch');
SELECT access.protect('chronology.publication');
SELECT access.protect('chronology.changed');

SELECT access.protect('feedback.entry', 'intake_reader',
    'agency = ANY ((SELECT access.own())::text[])
        AND (child_ref IS NULL OR child_ref NOT IN (SELECT unnest(intake.hidden())))');
SELECT access.protect('feedback.fact');
SELECT access.protect('feedback.gap');

SELECT access.protect('intake.record', 'intake_reader',
    'agency = ANY ((SELECT access.reach())::text[])
        AND record_ref NOT IN (SELECT unnest(intake.hidden()))');
SELECT access.protect('intake.staff', 'intake_reader',
    'agency = ANY ((SELECT access.reach())::text[])');
SELECT access.protect('intake.event', 'intake_reader',
    'agency = ANY ((SELECT access.reach())::text[])
        AND (record_ref IS NULL OR record_ref NOT IN (SELECT unnest(intake.hidden())))');
SELECT access.protect('intake.identity', 'intake_reader',
    'EXISTS (SELECT FROM intake.record WHERE record.record_ref = identity.record_ref)');
SELECT access.protect('intake.original', 'intake_reader',
    'EXISTS (SELECT FROM intake.event WHERE event.receipt = original.receipt)');
SELECT access.protect('intake.import', 'intake_reader',
    'agency = ANY ((SELECT access.own())::text[])');
SELECT access.protect('intake.import_row', 'intake_reader',
    'EXISTS (SELECT FROM intake.import WHERE import.id = import_row.import_id)');
SELECT access.protect('intake.draft', 'intake_reader',
    'agency = ANY ((SELECT access.own())::text[])');
SELECT access.protect('intake.glass');
SELECT access.protect('intake.statement');
SELECT access.protect('intake.carried_ref');
SELECT access.protect('intake.retraction');
SELECT access.protect('intake.outbox');
SELECT access.protect('intake.effect');
SELECT access.protect('intake.review', 'intake_reader',
    'EXISTS (SELECT FROM intake.record WHERE record.record_ref = ANY (review.records))');
SELECT access.protect('intake.block');
SELECT access.protect('intake.crowded_block');
SELECT access.protect('intake.rematch');
SELECT access.protect('intake.identity_decision');
SELECT access.protect('intake.decided_record');
SELECT access.protect('intake.erasure');
SELECT access.protect('intake.erasure_reach');
SELECT access.protect('intake.erased_event');
SELECT access.protect('intake.legal_hold');
SELECT access.protect('intake.disposal');

SELECT access.protect('alerts.alert', 'alerts_reader',
    '(child_ref IS NULL OR child_ref NOT IN (SELECT unnest(intake.hidden())))
        AND (agency = ANY ((SELECT access.reach())::text[]) OR visible_to && (SELECT access.own())::text[])');
SELECT access.protect('alerts.notice', 'alerts_reader',
    'EXISTS (SELECT FROM alerts.alert WHERE alert.alert_id = notice.alert_id)');
SELECT access.protect('alerts.alert_tally');
SELECT access.protect('alerts.week_tally');
SELECT access.protect('alerts.agenda');
SELECT access.protect('alerts.mail');
SELECT access.protect('alerts.refusing');
SELECT access.protect('alerts.weekly');
SELECT access.protect('alerts.position');
