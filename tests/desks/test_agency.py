"""Does an agency find from its first page all that it works with, and prevention by need?"""

import pytest
from lxml import html

from tests.desks.conftest import Sign, main

OWED = {"/queue", "/agency/referrals?as=sender", "/agency/referrals?as=recipient"}
ALL = OWED | {"/disagreements", "/measures", "/agency/uploads", "/agency/prevention"}


@pytest.mark.parametrize(
    ("agency", "role", "links"),
    [
        ("norfolk-school", "agency", ALL),
        ("norfolk-csc", "agency", ALL),
        ("norfolk-police", "police-supervisor", ALL - {"/agency/uploads"}),
    ],
)
async def test_every_way_from_the_first_page_leads_somewhere(
    sign: Sign, agency: str, role: str, links: set[str]
) -> None:
    person = sign(agency, role)
    page = html.fromstring((await person.get("/agency")).text)
    found = page.xpath("//main//ul//a/@href")
    assert set(found) == links
    for link in found:
        assert (await person.get(link)).status_code == 200, link


async def test_a_safeguarding_lead_asks_for_prevention_by_need_age_and_place(sign: Sign) -> None:
    school = sign("norfolk-school")
    page = html.fromstring((await school.get("/agency/prevention")).text)
    asked = {one.get("name") for one in page.xpath("//main//form//select")}
    assert asked == {"need", "age", "area", "setting"}
    needs = page.xpath("//select[@name='need']/option/@value")
    assert "criminal-exploitation" in needs
    answer = await school.get("/agency/prevention", need="criminal-exploitation", age="12")
    assert (answer.status_code, "offer" in main(answer)) == (200, True)
