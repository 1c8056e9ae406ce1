"""Is anything doubled by pressing twice, by going back and sending again, or by the same file?"""

import asyncio

from services.domain.events import AMENDED, MADE
from tests.access.world import World
from tests.desks.conftest import Person, Sign, hidden, main, sent
from tests.services.conftest import Pool

URGENT = {"urgency": "immediate", "sent_to": "E10000020"}


async def begun(person: Person) -> str:
    """Begin a referral, answer what must be; return where its draft is."""
    answer = await person.post("/agency/referrals")
    draft = answer.headers["location"].rpartition("/")[0]
    kept = await person.post(f"{draft}/urgency", **URGENT, go="check")
    assert (kept.status_code, kept.headers["location"]) == (303, f"{draft}/check")
    return draft


async def test_a_referral_is_sent_once_though_it_is_sent_again_after_going_back(
    sign: Sign, vault: Pool
) -> None:
    school = sign("norfolk-school")
    draft = await begun(school)
    before = await sent(vault, MADE)
    first = await school.post(f"{draft}/send")
    assert first.headers["location"].endswith("?done=sent")
    again = await school.post(f"{draft}/send")
    assert again.status_code == 404
    assert "It was sent, or deleted" in main(again)
    assert "/agency/referrals" in again.text
    assert (await school.get(f"{draft}/check")).status_code == 404
    assert len(await sent(vault, MADE)) == len(before) + 1


async def test_a_referral_is_sent_once_though_the_button_is_pressed_twice_at_once(
    sign: Sign, vault: Pool
) -> None:
    school = sign("norfolk-school")
    draft = await begun(school)
    before = await sent(vault, MADE)
    answers = await asyncio.gather(*(school.post(f"{draft}/send") for _ in range(3)))
    assert {answer.status_code for answer in answers} <= {303, 404}
    assert 303 in {answer.status_code for answer in answers}
    assert len(await sent(vault, MADE)) == len(before) + 1


async def test_an_amendment_is_sent_once(sign: Sign, vault: Pool, objects: World) -> None:
    school = sign("norfolk-school")
    page = f"/agency/referrals/{objects['norfolk-school'].receipt}"
    draft = (await school.post(f"{page}/amend")).headers["location"]
    await school.post(f"{draft}/why", why="He was hurt again.", go="check")
    before = await sent(vault, AMENDED)
    for expected in (303, 404):
        assert (await school.post(f"{draft}/send")).status_code == expected
    assert len(await sent(vault, AMENDED)) == len(before) + 1


async def test_an_answer_is_sent_once(sign: Sign, vault: Pool, objects: World) -> None:
    care = sign("norfolk-csc")
    work = f"/queue/{objects['norfolk-csc'].gap_id}"
    said = {"answer": "explained", "reason": "Nobody was at home.", "role": "social-worker"}
    once = hidden(await care.get(work), f"{work}/answer")["once"]
    before = await sent(vault, "gap.answered.v1")
    for _ in range(2):
        answer = await care.post(f"{work}/answer", **said, once=once)
        assert answer.headers["location"] == f"{work}?done=answer"
    assert len(await sent(vault, "gap.answered.v1")) == len(before) + 1
