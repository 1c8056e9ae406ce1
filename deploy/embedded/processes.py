"""Which processes is Referral Watch made of? One catalogue; a later service is one more line."""

from dataclasses import dataclass

JUDGES = ("timeliness", "completeness", "cumulative_harm", "oversight", "equity")
"""One for each family of rules in the domain's catalogue."""

SERVICES = (
    "intake",
    "chronology",
    *JUDGES,
    "ledger",
    "feedback",
    "dashboards",
    "directory",
    "responses",
    "alerts",
    "audit",
)
"""Each owns a Postgres role and schema of its name; the order of their migrations."""


@dataclass(frozen=True, slots=True)
class Process:
    """One Python process: `python -m <module>` under `role`, a name of `SERVICES`.

    `serves` processes answer HTTP at the port of their name; the others show only their
    metrics and health there.
    """

    name: str
    module: str
    role: str
    serves: bool = False


PROCESSES = (
    Process("intake", "services.intake", "intake", serves=True),
    Process("intake-relay", "services.intake.relay", "intake"),
    Process("intake-matcher", "services.intake.matcher", "intake"),
    Process("chronology", "services.chronology", "chronology"),
    *(Process(judge, f"services.{judge}", judge) for judge in JUDGES),
    Process("ledger", "services.ledger", "ledger"),
    Process("feedback", "services.feedback", "feedback"),
    Process("feedback-courier", "services.feedback.courier", "feedback"),
    Process("dashboards", "services.dashboards", "dashboards", serves=True),
    Process("alerts", "services.alerts", "alerts", serves=True),
    Process("directory", "services.directory", "directory", serves=True),
    Process("responses", "services.responses", "responses", serves=True),
    Process("audit", "services.audit", "audit"),
)

DATABASE = "postgres"
RUNNER = "supervisor"
WATCH = "prometheus"
SIGN_IN = "sign-in"

DEFAULT_PORTS: dict[str, int] = {
    "intake": 8801,
    "dashboards": 8802,
    "responses": 8803,
    "alerts": 8804,
    "directory": 8807,
    "intake-relay": 8811,
    "intake-matcher": 8812,
    "chronology": 8813,
    "timeliness": 8814,
    "ledger": 8815,
    "completeness": 8816,
    "cumulative_harm": 8817,
    "oversight": 8818,
    "equity": 8819,
    "feedback": 8820,
    SIGN_IN: 8806,
    "feedback-courier": 8829,
    WATCH: 8890,
    "audit": 8821,
    RUNNER: 8899,
    DATABASE: 8854,
    "kafka": 8892,
    "kafka-controller": 8893,
}
"""What is asked for first; `ports.py` says what happens where one is taken."""
