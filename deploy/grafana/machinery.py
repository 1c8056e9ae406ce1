"""What does an engineer ask? The dashboards of the services, and of what flows between them."""

from typing import Final

from deploy.grafana.boards import Board, Question, Unit


def _quantile(of: str, metric: str, by: str) -> str:
    """Ask a histogram that grows."""
    return f"histogram_quantile({of}, sum by (le, {by}) (rate({metric}_bucket[5m])))"


def _q(title: str, tells: str, expr: str, legend: str, unit: Unit = "short") -> Question:
    return Question(title, tells, expr, legend, unit)


SERVICES: Final = Board(
    "rw-services",
    "Services: are they well?",
    "Rate, errors and duration of what is asked; what each process needs.",
    (
        _q("Up", "1 for each process that Prometheus reaches.",
           'max by (process) (up{job="referral-watch"})', "{{process}}", "bool"),
        _q("Requests", "A second, by service.",
           "sum by (service) (service:rw_http_requests:rate5m)", "{{service}}", "reqps"),
        _q("Errors", "The share answered 5xx. Agencies keep what they could not send.",
           "service:rw_http_errors:ratio5m", "{{service}}", "percentunit"),
        _q("One answer in a hundred takes longer than", "By service.",
           "service:rw_http_request_seconds:p99_5m", "{{service}}", "s"),
        _q("Slowest routes", "95 of 100 answers are quicker.",
           f"topk(10, {_quantile('0.95', 'rw_http_request_seconds', 'service, route')})",
           "{{service}} {{route}}", "s"),
        _q("Refused by status", "4xx a second: what senders should mend, or may not do.",
           'sum by (service, status) (service:rw_http_requests:rate5m{status=~"4.."})',
           "{{service}} {{status}}", "reqps"),
        _q("Connections to the database in use", "Of the most that a pool may have.",
           "service:rw_pool_used:ratio", "{{service}}", "percentunit"),
        _q("Tries put off", "Database or broker away: the process waits.",
           "sum by (service, reason) (rate(rw_not_now_total[5m]))", "{{service}} {{reason}}"),
        _q("Memory", "Resident, by process.",
           "max by (process) (process_resident_memory_bytes)", "{{process}}", "bytes"),
        _q("Processor", "Seconds of it a second, by process.",
           "sum by (process) (rate(process_cpu_seconds_total[5m]))", "{{process}}"),
        _q("Audit not sealed", "Age of the oldest row that is not yet in its chain.",
           "max by (chain) (rw_audit_unsealed_seconds)", "{{chain}}", "s"),
        _q("Refused for want of a record", "Acts that could not be put on record, within an hour.",
           "sum(increase(rw_not_audited_total[1h]))", "acts"),
        _q("What runs", "How many processes of each version.",
           "count by (version, schemas) (rw_build_info)", "{{version}} {{schemas}}"),
    ),
)  # fmt: skip
STREAMS: Final = Board(
    "rw-streams",
    "Streams: from an event to what is owed",
    "Where an event is on its way, what waits, and what was set aside.",
    (
        _q("From receipt to verdict", "95 of 100 events are quicker, by judge.",
           "judge:rw_end_to_end_seconds:p95_10m", "{{judge}}", "s"),
        _q("From receipt to chronology", "95 of 100 events are quicker.",
           "histogram_quantile(0.95, sum by (le) "
           "(rate(rw_event_to_chronology_seconds_bucket[5m])))",
           "95 of 100", "s"),
        _q("From chronology to verdict", "95 of 100 are quicker, by judge.",
           _quantile("0.95", "rw_chronology_to_judged_seconds", "judge"), "{{judge}}", "s"),
        _q("Longest without an answer", "Age of the oldest chronology that a judge owes a verdict.",
           "max by (judge) (rw_unjudged_age_seconds)", "{{judge}}", "s"),
        _q("Messages waiting", "Not yet acknowledged, by service.",
           "service:rw_consumer_lag_messages:sum", "{{service}}"),
        _q("Messages handled", "A second, by service.",
           "sum by (service) (rate(rw_messages_in_total[5m]))", "{{service}}"),
        _q("Outbox", "Accepted and not yet on its way: age of the oldest row.",
           "max(rw_outbox_age_seconds)", "oldest", "s"),
        _q("Outbox rows", "How many wait.", "max(rw_outbox_rows)", "rows"),
        _q("Set aside", "Dead letters not yet re-driven, by service.",
           "sum by (service) (max without (instance) (rw_dead_letters_waiting))", "{{service}}"),
        _q("Parked", "What the broker refuses for ever.", "max(rw_relay_parked_rows)", "rows"),
        _q("Unmatched", "Events that cannot be matched to a child.",
           "max(rw_matcher_parked_events)", "events"),
        _q("Healed by the sweep", "Published again within an hour because a judge was silent.",
           "sum by (judge) (increase(rw_sweep_republished_total[1h]))", "{{judge}}"),
        _q("Events by agency", "Accepted a second.",
           'sum by (agency) (rate(rw_events_received_total{status="202"}[15m]))', "{{agency}}"),
        _q("Events by type", "Accepted a second.",
           'sum by (type) (rate(rw_events_received_total{status="202"}[15m]))', "{{type}}"),
        _q("Refused by type", "The share that the contract refuses.",
           "type:rw_events_refused:ratio1h", "{{type}}", "percentunit"),
        _q("How late it is sent", "Half of what an agency sends within a day is this old or older.",
           "agency:rw_sending_late_seconds:p50_1d", "{{agency}}", "s"),
        _q("How late it is written down", "Half is this late or later, within a day.",
           "histogram_quantile(0.5, sum by (agency, le) "
           "(increase(rw_recording_late_seconds_bucket[1d])))", "{{agency}}", "s"),
        _q("Links between records", "Made and undone, a second.",
           "sum by (change) (rate(rw_identity_links_total[5m]))", "{{change}}"),
        _q("Conflicts of identity", "They wait for a person.",
           "max(rw_identity_reviews_open)", "open"),
        _q("Agencies' feeds", "How far they are behind the ledger.",
           "max(rw_feed_lag_seconds)", "behind", "s"),
        _q("Calls of webhooks", "A second, by how they went.",
           "sum by (outcome) (rate(rw_webhook_calls_total[5m]))", "{{outcome}}"),
    ),
)  # fmt: skip
