-- Who may read whose views across schemas; run by the database's owner after migrations, any number of times.
GRANT USAGE ON SCHEMA chronology TO intake, ledger, dashboards, feedback;
GRANT SELECT ON chronology.event_position, chronology.move_position, chronology.record_position,
                chronology.touch_position, chronology.child_position, chronology.history_event,
                chronology.history_retraction TO intake;
GRANT SELECT ON chronology.child_position, chronology.history_event, chronology.history_training,
                chronology.history_retraction TO ledger;
GRANT SELECT ON chronology.event_kind, chronology.child_position, chronology.history_event,
                chronology.history_retraction TO dashboards;
GRANT SELECT ON chronology.child_position, chronology.history_event, chronology.history_retraction
    TO feedback;
GRANT SELECT (topic, digest, redriven_at) ON chronology.dead_letter TO intake;
GRANT EXECUTE ON FUNCTION chronology.request_publication(text) TO ledger;
GRANT EXECUTE ON FUNCTION chronology.feed_counts(timestamptz),
                chronology.equity_events(text[], timestamptz, timestamptz) TO dashboards;
GRANT USAGE ON SCHEMA intake TO dashboards;
GRANT EXECUTE ON FUNCTION intake.audit_marks(int[], text[], boolean[], text[]) TO dashboards;
GRANT USAGE ON SCHEMA ledger TO intake, dashboards, feedback, timeliness, completeness, cumulative_harm, oversight, equity;
GRANT SELECT ON ledger.verdict_position, ledger.deployed_judge, ledger.belief, ledger.watermark TO intake, dashboards;
GRANT SELECT ON ledger.current_epoch TO timeliness, completeness, cumulative_harm, oversight, equity;
GRANT SELECT ON ledger.belief, ledger.watermark TO feedback;
GRANT USAGE ON SCHEMA feedback TO intake;
GRANT SELECT ON feedback.feed, feedback.feed_end TO intake;
-- Erasure: chronology waits for the ledger, intake for chronology; figures count who is gone, too.
GRANT USAGE ON SCHEMA ledger TO chronology;
GRANT SELECT ON ledger.erased TO chronology;
GRANT SELECT ON ledger.measured TO dashboards;
GRANT SELECT ON chronology.erasure_done TO intake;
