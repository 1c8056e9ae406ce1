"""Does a figure in a response stay as it was published, whatever is learnt of that month later?"""

from datetime import date, timedelta
from typing import Any

import pytest

from deploy.embedded.stack import Stack
from services.domain.moments import london_day
from services.runtime import clock
from tests.agencies import Agencies
from tests.journeys.erased_child import command

MEASURE = "referral.in-time-after-custody"
CHILDREN, REFERRED = 14, 8


def event(tag: str, kind: str, at: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "specversion": "1.0", "source": "/norfolk-police/records", "id": f"{kind}-{tag}",
        "type": kind, "time": at,
        "data": {
            "child": {"local_id": f"FROZEN-{tag}", "date_of_birth": "2011-07-09", "sex": "M"},
            "practitioner": {"ref": f"P-{tag}", "role": "worker"}, **more,
        },
    }  # fmt: skip


def detained(tag: str, on: date, *, referred: bool) -> list[dict[str, Any]]:
    """A child in custody, and perhaps the referral of the same night."""
    custody = event(tag, "police.child-detained.v1", f"{on}T20:00:00Z", custody_ref=f"C-{tag}")
    made = event(
        tag, "referral.made.v1", f"{on}T22:00:00Z", referral_ref=f"R-{tag}",
        triggers=[f"C-{tag}"], sent_to="E10000020", urgency="standard", harms=["gang"],
        reason={"why": "Found at night.", "harm": "", "ask": ""},
    )  # fmt: skip
    return [custody, made] if referred else [custody]


async def asked(agencies: Agencies, method: str, path: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Ask the responses as the Commissioner's editor."""
    answer = await agencies._client.request(  # noqa: SLF001 - of another service than intake
        method, f"{agencies.endpoints['responses']}{path}",
        headers=agencies.bearer("pcc-editor"), **more,
    )  # fmt: skip
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.timeout(300)
async def test_a_published_figure_comes_out_the_same_after_the_month_is_known_better(
    stack: Stack, agencies: Agencies
) -> None:
    today = london_day(clock.now())
    on = (today.replace(day=1) - timedelta(days=1)).replace(day=10)
    mark = str(int(clock.new_ref()[:7], 16))
    for number in range(CHILDREN):
        tag = f"{mark}{number:02}"
        await agencies.post_all(detained(tag, on, referred=number < REFERRED))
    await agencies.settled()
    command(stack, "release", of="ledger")

    made = await asked(agencies, "POST", "/api/v1/inspections", json={
        "title": "A joint inspection", "inspectorates": ["Ofsted"], "published_on": f"{on}",
        "forces": ["All"], "items": [{"kind": "finding", "text": "Nobody told.", "lesson": 1}],
    })  # fmt: skip
    steps = f"/api/v1/responses/{made['id']}/steps"
    invited = {"on": f"{today}", "comments_by": f"{today + timedelta(days=14)}", "means": "letter"}
    await asked(agencies, "POST", steps, json={"kind": "invite-chief-officer", **invited})
    month = f"{on:%Y-%m}"
    figure = {"kind": "insert-figure", "measure": MEASURE, "from": month, "to": month}
    await asked(agencies, "POST", steps, json={**figure, "item": "item-1"})
    put_in = await _only_figure(agencies, made["id"])
    again = f"/api/v1/responses/{made['id']}/figures/{put_in}/again"
    first = await asked(agencies, "GET", again)
    assert first["equal"]
    assert first["frozen"]["rows"][0]["denominator"] >= CHILDREN

    late = [one for number in range(3) for one in detained(f"{mark}9{number}", on, referred=False)]
    await agencies.post_all(late)
    await agencies.settled()
    second = await asked(agencies, "GET", again)
    assert second["equal"]
    assert second["frozen"] == first["frozen"]


async def _only_figure(agencies: Agencies, response_id: str) -> str:
    """The id of the figure that was put in."""
    shown = await asked(agencies, "GET", f"/api/v1/responses/{response_id}")
    (figure,) = shown["figures"]
    return str(figure)
