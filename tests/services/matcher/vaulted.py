"""Intake and the matcher on one vault, and events made to be matched."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

import msgspec

from services.intake.candidates import Offered
from services.intake.handlers import Intake
from services.intake.matcher import Matcher
from services.intake.vault import Vault
from services.runtime.auth import Caller
from services.runtime.contracts import Contracts
from tests.services.conftest import Pool

SCHEMAS = Path(__file__).resolve().parents[3] / "schemas"
VAULT = Vault.of(bytes(32))
MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
_numbers = count()

Made = dict[str, Any]


def nhs_numbers() -> Iterator[str]:
    """Numbers of the test range whose check digit holds."""
    for number in range(999_500_000, 999_999_999):
        digits = [int(digit) for digit in str(number)]
        check = 11 - sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            yield f"{number}{check % 11}"


POLICE, SCHOOL = ("norfolk-police", "p1"), ("norfolk-school", "s1")
"""The agency and local id of two records."""
NHS, OTHER_NHS = islice(nhs_numbers(), 2)


def missing(
    local_id: str, *, minute: int = 0, agency: str = "norfolk-police", **child: str
) -> Made:
    """A missing episode; `child` is what is stated of the child."""
    data = {
        "child": {"local_id": local_id, **child},
        "incident_ref": f"inc-{next(_numbers)}",
        "practitioner": {"ref": "PC1", "role": "constable"},
    }
    return event(agency, "police.child-missing.v1", data, minute)


def concern(
    local_id: str, *, minute: int = 0, agency: str = "norfolk-school", **child: str
) -> Made:
    data = {
        "child": {"local_id": local_id, **child},
        "concern_ref": f"con-{next(_numbers)}",
        "setting": "school",
        "harms": ["neglect"],
        "grade": "green",
        "practitioner": {"ref": "T1", "role": "teacher"},
    }
    return event(agency, "partner.concern-raised.v1", data, minute)


def made(local_id: str, ref: str, *, agency: str = "norfolk-police", **child: str) -> Made:
    data = {
        "child": {"local_id": local_id, **child},
        "referral_ref": ref,
        "practitioner": {"ref": "PC1", "role": "constable"},
        "sent_to": "E10000020",
        "urgency": "standard",
        "harms": ["neglect"],
        "reason": {"why": "a reason"},
    }
    return event(agency, "referral.made.v1", data, 0)


def retracting(target: Made, local_id: str, minute: int = 60) -> Made:
    data = {
        "child": {"local_id": local_id},
        "retracts": {"source": target["source"], "id": target["id"]},
        "practitioner": {"ref": "PC1", "role": "constable"},
        "reason": "sent in error",
    }
    return event(target["source"].split("/")[1], "event.retracted.v1", data, minute)


def event(agency: str, kind: str, data: Mapping[str, Any], minute: int) -> Made:
    return {
        "specversion": "1.0",
        "source": f"/{agency}/system",
        "id": f"e{next(_numbers)}",
        "type": kind,
        "time": (MORNING + timedelta(minutes=minute)).isoformat(),
        "data": data,
    }


class Vaulted:
    """Intake and the matcher on one database."""

    def __init__(self, pool: Pool, contracts: Contracts) -> None:
        self.pool = pool
        self.intake = Intake(pool, contracts, VAULT)
        self.matcher = Matcher(pool, contracts, VAULT)

    async def take(self, *events: Made) -> list[str]:
        """Post events one by one; return their receipts."""
        receipts = []
        for one in events:
            caller = Caller("system", one["source"].split("/")[1], "agency", ())
            (answer,) = await self.intake.take(caller, [Offered(one)])
            assert answer.outcome == "accepted", answer
            receipts.append(str(answer.receipt))
        return receipts

    async def tell(self, *events: Made) -> list[str]:
        """Post events, then match all that waits."""
        receipts = await self.take(*events)
        while await self.matcher.match():
            pass
        return receipts

    async def record(self, agency: str, local_id: str) -> tuple[str, str, int]:
        """Return record_ref, child_ref and link_version."""
        mac = VAULT.mac("local-id", agency, local_id)
        row = await self.pool.fetchrow("SELECT * FROM record WHERE local_id_mac = $1", mac)
        assert row is not None
        return row["record_ref"], row["child_ref"], row["link_version"]

    async def together(self, *whose: tuple[str, str]) -> bool:
        """Say whether these (agency, local_id) are one child."""
        return len({(await self.record(*one))[1] for one in whose}) == 1

    async def reviews(self) -> list[tuple[str, str]]:
        rows = await self.pool.fetch("SELECT kind, reason FROM review WHERE closed_at IS NULL")
        return sorted((row["kind"], row["reason"]) for row in rows)

    async def published(self, kind: str = "identity.") -> list[tuple[str, str, Made]]:
        """Return topic, key and message of what the outbox holds of a kind, in order."""
        rows = await self.pool.fetch("SELECT topic, key, value FROM outbox ORDER BY seq")
        wires = [(r["topic"], r["key"].decode(), msgspec.json.decode(r["value"])) for r in rows]
        return [one for one in wires if one[2]["type"].startswith(kind)]
