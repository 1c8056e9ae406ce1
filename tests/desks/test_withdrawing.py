"""Is a referral taken back once, for a reason, after a look at what is said, by who sent it?"""

import pytest

from services.domain.events import RETRACTED, WITHDRAWN
from tests.access.world import World
from tests.desks.conftest import Person, Sign, hidden, main, sent
from tests.services.conftest import Pool

WHY = "We mixed up Quillfeather and a brother."
SAID = {"way": "withdrawn", "reason": WHY, "role": "teacher"}


@pytest.fixture
def school(sign: Sign) -> Person:
    return sign("norfolk-school")


@pytest.fixture
def page(objects: World) -> str:
    return f"/agency/referrals/{objects['norfolk-school'].receipt}"


async def test_it_is_checked_and_then_sent_and_sent_once(
    school: Person, page: str, vault: Pool, objects: World
) -> None:
    before = await sent(vault, WITHDRAWN)
    form = await school.get(f"{page}/withdraw")
    once = hidden(form, f"{page}/withdraw")["once"]
    checked = await school.post(f"{page}/withdraw", **SAID, once=once, go="check")
    assert (checked.status_code, WHY in main(checked)) == (200, True)
    assert "We ask for it no more" in main(checked)
    assert await sent(vault, WITHDRAWN) == before
    told = hidden(checked, f"{page}/withdraw")
    assert told == {**SAID, "once": once}
    for _ in range(2):  # pressed twice, or after going back
        done = await school.post(f"{page}/withdraw", **told, go="send")
        assert (done.status_code, done.headers["location"]) == (303, f"{page}?done=withdrawn")
    (event,) = [one for one in await sent(vault, WITHDRAWN) if one not in before]
    assert event["facts"]["referral_ref"] == objects["norfolk-school"].referral_ref
    assert "Quillfeather" not in str(event)
    assert "The withdrawal is sent" in main(await school.get(page, done="withdrawn"))


async def test_what_was_sent_in_error_is_retracted(
    school: Person, page: str, vault: Pool, objects: World
) -> None:
    done = await school.post(f"{page}/withdraw", **{**SAID, "way": "error"}, go="send")
    assert done.headers["location"] == "/agency/referrals?done=retracted"
    event = (await sent(vault, RETRACTED))[-1]
    assert event["facts"]["retracts"] == {
        "source": "/norfolk-school/cases",
        "id": objects["norfolk-school"].event_id,
    }
    assert "in error is on record" in main(await school.get("/agency/referrals", done="retracted"))


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        ("way", "Choose why you take it back"),
        ("reason", "Say why"),
        ("role", "Choose what you are"),
    ],
)
async def test_what_is_not_said_is_asked_for_before_and_after_the_check(
    school: Person, page: str, vault: Pool, left_out: str, told: str
) -> None:
    before = await sent(vault, WITHDRAWN)
    for go in ("check", "send"):
        answer = await school.post(f"{page}/withdraw", **{**SAID, left_out: ""}, go=go)
        assert (answer.status_code, told in main(answer)) == (422, True)
    assert await sent(vault, WITHDRAWN) == before


async def test_what_was_said_can_be_changed(school: Person, page: str) -> None:
    answer = await school.post(f"{page}/withdraw", **SAID, once="x", go="change")
    assert answer.status_code == 200
    assert WHY in answer.text
    assert hidden(answer, f"{page}/withdraw") == {"once": "x"}


async def test_the_page_of_a_referral_leads_there_for_its_sender_alone(
    school: Person, page: str, sign: Sign
) -> None:
    assert f'href="{page}/withdraw"' in (await school.get(page)).text
    another = sign("norfolk-voluntary")
    assert (await another.get(f"{page}/withdraw")).status_code == 404
    assert (await another.post(f"{page}/withdraw", **SAID, go="send")).status_code == 404
