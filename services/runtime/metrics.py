"""What do we count? Every metric of every service; labels are bounded: no ref, no name."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

from services.domain.suppression import SMALL
from services.runtime import buckets
from services.runtime.distribution import Distribution

disable_created_metrics()  # type: ignore[no-untyped-call]  # nobody reads these series

# Process.
UP: Final = Gauge("rw_up", "1 while the process runs.", ["service", "version"])
BUILD: Final = Gauge(
    "rw_build_info", "Always 1; what it is made of.", ["service", "version", "python", "schemas"]
)
POOL: Final = Gauge(
    "rw_pool_connections", "Connections to the database, of at most `most`.", ["service", "state"]
)

# HTTP: rate, errors, duration, by the route's template.
HTTP_SECONDS: Final = Histogram(
    "rw_http_request_seconds",
    "Seconds to answer a request.",
    ["service", "route", "method", "status"],
    buckets=buckets.SECONDS,
)

# Audit.
NOT_AUDITED: Final = Counter(
    "rw_not_audited_total", "Acts not done because they could not be put on record."
)

AUDIT_SEALED: Final = Counter(
    "rw_audit_sealed_total", "Audit rows bound into the chain of a schema.", ["chain"]
)
AUDIT_UNSEALED_SECONDS: Final = Gauge(
    "rw_audit_unsealed_seconds",
    "Age of the oldest audit row not sealed when last looked.",
    ["chain"],
)

# Messages.
MESSAGES_IN: Final = Counter(
    "rw_messages_in_total", "Messages handled and acknowledged.", ["service", "topic"]
)
MESSAGES_OUT: Final = Counter(
    "rw_messages_out_total", "Messages acknowledged by the broker.", ["service", "topic"]
)
BATCH_SIZE: Final = Histogram(
    "rw_batch_messages", "Messages handled at once.", ["service"], buckets=buckets.SIZES
)
BATCH_SECONDS: Final = Histogram(
    "rw_batch_seconds", "Seconds to handle a batch.", ["service"], buckets=buckets.SECONDS
)
NOT_NOW: Final = Counter(
    "rw_not_now_total", "Tries put off: database or broker away.", ["service", "reason"]
)
BATCHES_SPLIT: Final = Counter(
    "rw_batches_split_total", "Batches that failed and were taken one by one.", ["service"]
)
DEAD_LETTERS: Final = Counter(
    "rw_dead_letters_total", "Messages set aside for good.", ["service", "topic", "reason"]
)
DEAD_LETTERS_WAITING: Final = Gauge(
    "rw_dead_letters_waiting", "Dead letters not yet re-driven.", ["service", "topic"]
)
ATTEMPTS_OPEN: Final = Gauge(
    "rw_attempts_open", "Messages that ended the process and may again.", ["service", "topic"]
)
LAG: Final = Gauge(
    "rw_consumer_lag_messages", "Messages not yet acknowledged.", ["service", "topic"]
)

# Intake: events by type and what became of them; the outbox and its relay.
EVENTS_RECEIVED: Final = Counter(
    "rw_events_received_total", "Events offered to intake.", ["type", "status", "agency"]
)
RECORDING_SECONDS: Final = Histogram(
    "rw_recording_late_seconds",
    "From what happened until it was written down, where the sender states that.",
    ["agency"],
    buckets=buckets.LATE,
)
SENDING_SECONDS: Final = Histogram(
    "rw_sending_late_seconds",
    "From what was written down (else happened) until it reached us.",
    ["agency"],
    buckets=buckets.LATE,
)
WARNINGS: Final = Counter(
    "rw_event_warnings_total", "Warnings given with accepted events.", ["code"]
)
OUTBOX_DEPTH: Final = Gauge("rw_outbox_rows", "Rows committed and not yet published.")
OUTBOX_AGE: Final = Gauge("rw_outbox_age_seconds", "Age of the oldest unpublished row.")
RELAY_PARKED: Final = Counter(
    "rw_relay_parked_total", "Outbox rows refused for ever and parked.", ["topic", "reason"]
)
RELAY_PARKED_WAITING: Final = Gauge("rw_relay_parked_rows", "Parked outbox rows.")
LINKS: Final = Counter("rw_identity_links_total", "Links and un-links made.", ["change"])
MATCHER_PARKED: Final = Counter(
    "rw_matcher_parked_total", "Events set aside because they cannot be matched.", ["reason"]
)
MATCHER_PARKED_WAITING: Final = Gauge("rw_matcher_parked_events", "Events set aside unmatched.")
RECONCILED: Final = Counter(
    "rw_reconciled_total", "Messages sent again because chronology did not have them.", ["topic"]
)
RECONCILE_GIVEN_UP: Final = Gauge(
    "rw_reconcile_given_up_rows", "Messages that chronology still lacks though sent often."
)
BLOCKS_CROWDED: Final = Gauge(
    "rw_identity_blocks_crowded", "Likenesses that too many records share to be compared."
)
REVIEWS_OPEN: Final = Gauge("rw_identity_reviews_open", "Conflicts of identity to be reviewed.")

# Chronology, judges, ledger.
VERSIONS_PUBLISHED: Final = Counter(
    "rw_chronology_versions_total", "Versions of chronologies published."
)
CHRONOLOGY_BYTES: Final = Histogram(
    "rw_chronology_bytes",
    "Size of a published chronology.",
    buckets=(1_000, 10_000, 100_000, 1_000_000, 4_000_000, 8_000_000),
)
EVENT_TO_CHRONOLOGY: Final = Histogram(
    "rw_event_to_chronology_seconds",
    "From an event's receipt until it is in its chronology.",
    buckets=buckets.LONG,
)
CHRONOLOGY_TO_JUDGED: Final = Histogram(
    "rw_chronology_to_judged_seconds",
    "From a chronology's publication until a judge's verdict on it is kept.",
    ["judge"],
    buckets=buckets.LONG,
)
END_TO_END: Final = Histogram(
    "rw_end_to_end_seconds",
    "From an event's receipt until a judge's first verdict on it is kept.",
    ["judge"],
    buckets=buckets.LONG,
)
UNJUDGED_AGE: Final = Gauge(
    "rw_unjudged_age_seconds", "How long the oldest unanswered chronology has waited.", ["judge"]
)
VERDICTS: Final = Counter("rw_verdicts_total", "Verdicts given.", ["judge"])
JUDGE_SECONDS: Final = Histogram(
    "rw_judge_seconds", "Seconds to judge one child.", ["judge"], buckets=buckets.SECONDS
)
BELIEFS: Final = Counter("rw_ledger_beliefs_total", "Beliefs written.", ["judge", "change"])
VERDICTS_REFUSED: Final = Counter(
    "rw_ledger_refused_total", "Verdicts that came too late to count.", ["judge", "reason"]
)
SWEPT: Final = Counter(
    "rw_sweep_republished_total", "Chronologies sent again because a judge was silent.", ["judge"]
)
SWEEP_GIVEN_UP: Final = Gauge(
    "rw_sweep_given_up_children", "Children whom a judge stays silent about.", ["judge"]
)
OVERRULED: Final = Gauge(
    "rw_queries_overruled", "Queries believed closed by a person's review.", ["rule"]
)

# Practice, as the ledger believes it now. Counts of 1 to 5 are shown as 5.
GAPS_OPEN: Final = Gauge(
    "rw_gaps_open",
    "Gaps and queries open now, by how long: under-1-day, under-7-days, under-28-days, longer.",
    ["rule", "agency", "unit", "kind", "open_for"],
)
GAPS_OPENED: Final = Gauge(
    "rw_gaps_opened_lately",
    "Gaps and queries that opened within a day.",
    ["rule", "agency", "kind"],
)
GAPS_UPCOMING: Final = Gauge(
    "rw_gaps_upcoming", "What is owed and not yet due.", ["rule", "agency", "kind"]
)
GAPS_UNOBSERVED: Final = Gauge(
    "rw_gaps_unobserved", "Open only as far as nobody would tell us otherwise.", ["rule", "agency"]
)
GAPS_OPENED_BY_AGE: Final = Gauge(
    "rw_gaps_opened_by_age",
    "Gaps and queries that opened within a day, by the child's age then.",
    ["rule", "kind", "age_band"],
)
REVIEWS: Final = Gauge("rw_reviews", "Reviews owed, in time or overdue.", ["agency", "state"])
PRACTICE_SECONDS: Final = Distribution(
    "rw_practice_seconds",
    "How long it took within 28 days: to a referral, a decision, feedback. Ask without `rate`.",
    ["step", "agency"],
    buckets=buckets.PRACTICE,
    least=SMALL[-1],
)
UNREFERRED: Final = Gauge(
    "rw_triggers_unreferred",
    "What asked for a referral within 28 days and has neither that nor a decision against.",
    ["agency"],
)
COMPLETE_SHARE: Final = Gauge(
    "rw_referrals_complete_share",
    "Of the referrals of 28 days, the share with all that is required (of more than 5).",
    ["agency"],
)
TRAINED_SHARE: Final = Gauge(
    "rw_handled_trained_share",
    "Of what bound units handled within 28 days, the share by somebody trained (of more than 5).",
    ["agency"],
)
RESPONSES_DUE: Final = Gauge(
    "rw_responses_due",
    "Responses to inspections that are owed: overdue, within-7-days, within-14-days, later.",
    ["due"],
)

# Dashboards: who sends as usual, by agency.
FEED_SILENT: Final = Gauge(
    "rw_feed_silent", "1 while an agency that usually sends has gone quiet.", ["agency"]
)
FEED_JUMP: Final = Gauge("rw_feed_jump", "1 while an agency sends far more than usual.", ["agency"])

# Feedback: what agencies are told, and how it reaches those who asked to be called.
FEED_ENTRIES: Final = Counter("rw_feed_entries_total", "Entries of the agencies' feeds.", ["type"])
FEED_LAG: Final = Gauge(
    "rw_feed_lag_seconds", "Age of the oldest change of belief not yet in the feed."
)
WEBHOOK_CALLS: Final = Counter(
    "rw_webhook_calls_total", "Calls of webhooks, by how they went.", ["outcome"]
)
WEBHOOK_GIVEN_UP: Final = Counter(
    "rw_webhook_given_up_total", "Entries set aside after many calls in vain."
)
WEBHOOK_UNDELIVERED: Final = Gauge(
    "rw_webhook_undelivered_entries", "Entries given up and not delivered since."
)
WEBHOOK_LAG: Final = Gauge(
    "rw_webhook_lag_seconds", "How long the oldest entry has waited for a webhook to take it."
)

# Alerts: how they stand, how far they climb, whom they reach.
ALERTS: Final = Gauge("rw_alerts", "Alerts that are not over.", ["agency", "rule", "state"])
ALERTS_OLDEST: Final = Gauge(
    "rw_alerts_oldest_new_seconds", "Age of the oldest alert that nobody answers for.", ["agency"]
)
ALERTS_DUE: Final = Gauge("rw_alerts_agenda_children", "Children whose alerts are due a look.")
ALERT_MOVES: Final = Counter(
    "rw_alert_moves_total", "Changes of state and steps climbed.", ["rule", "state", "step"]
)
ALERT_MAILS: Final = Counter("rw_alert_mails_total", "Mails by what became of them.", ["outcome"])
ALERT_NOTICES: Final = Gauge("rw_alert_notices_waiting", "Notices that wait for a mail.")

# Responses: what people have mapped from inspectors' findings to our measures.
FINDINGS_WORSE: Final = Gauge(
    "rw_findings_worse",
    "1 while the figure of a finding that inspectors made elsewhere is clearly worse here.",
    ["measure"],
)
