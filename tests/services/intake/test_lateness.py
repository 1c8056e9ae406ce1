"""How late was it recorded and sent? Told apart, whatever the sender's clock says."""

from datetime import UTC, datetime

import pytest
from prometheus_client import REGISTRY

from services.domain.moments import moment
from services.intake import lateness
from services.intake.candidates import Candidate

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def seconds(name: str) -> float:
    labels = {"agency": "norfolk-health"}
    return REGISTRY.get_sample_value(f"rw_{name}_late_seconds_sum", labels) or 0.0


@pytest.mark.parametrize(
    ("time", "recorded_at", "recording", "sending"),
    [
        ("2026-03-02T09:00:00Z", "2026-03-02T11:00:00+00:00", 7200, 3600),
        ("2026-03-02T09:00:00Z", None, 0, 3 * 3600),
        ("2026-03-02T10:00:00+01:00", None, 0, 3 * 3600),
        ("2026-03-02T12:04:00Z", None, 0, 0),
        ("2026-03-02T11:00:00Z", "2026-03-02T10:00:00Z", 0, 7200),
    ],
    ids=["both", "not stated", "another offset", "before our clock", "recorded before it happened"],
)
def test_recording_is_until_it_was_written_down_and_sending_from_then(
    time: str, recorded_at: str | None, recording: float, sending: float
) -> None:
    data = {} if recorded_at is None else {"recorded_at": recorded_at}
    accepted = Candidate(
        event={"data": data}, source="", id="", type="", time=moment(time),
        agency="norfolk-health", body_mac=b"",
    )  # fmt: skip
    before = (seconds("recording"), seconds("sending"))
    lateness.observe(accepted, NOON)
    assert seconds("recording") - before[0] == recording
    assert seconds("sending") - before[1] == sending
