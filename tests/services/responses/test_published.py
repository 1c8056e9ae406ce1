"""What was published stays as it was, to the byte; what is not is marked."""

import asyncpg
import pytest
from lxml import etree

from services.responses import entering
from services.responses.catalogue import Catalogue
from services.responses.documents import pdf
from services.responses.making import MAKERS
from tests.documents.reading import READERS
from tests.services.conftest import Pool
from tests.services.responses.conftest import TODAY, Ask

MARKING = "OFFICIAL-SENSITIVE"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_file_comes_in_every_format_and_says_the_same(
    signed: str, ask: Ask, name: str
) -> None:
    answer = await ask("pcc-analyst", f"/api/v1/responses/{signed}.{name}")
    assert answer.status_code == 200
    read = READERS[name](answer.content)
    assert "Ihavereadit." in read
    assert "60.0%" in read
    assert f"draft.{name}" in answer.headers["content-disposition"]


async def test_it_is_marked_until_it_is_published(signed: str, ask: Ask, step: Ask) -> None:
    path = f"/api/v1/responses/{signed}.html"
    assert MARKING in (await ask("pcc-analyst", path)).text
    assert MARKING in (await ask("pcc-analyst", path, version="1")).text
    assert (await ask(None, f"/published/{signed}.html")).status_code == 404
    assert (await ask(None, "/api/v1/published")).json()["items"] == []
    for one in ("chief-officer", "panel", "inspectorate", "secretary-of-state", "published"):
        await step(signed, "done", id=one, on=TODAY, reference="x")
    for persona, place in (("pcc-analyst", path), (None, f"/published/{signed}.html")):
        answer = await ask(persona, place)
        assert answer.status_code == 200
        assert MARKING not in answer.text


async def test_what_is_published_is_kept_to_the_byte(
    published: str, ask: Ask, step: Ask, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {n: (await ask(None, f"/published/{published}.{n}")).content for n in MAKERS}
    await step(published, "correct", reason="A word.")
    await step(published, "comment", on="opening", text="Another word.")
    for name, content in before.items():
        again = await ask("pcc-editor", f"/api/v1/responses/{published}.{name}", version="1")
        assert again.content == content
        assert (await ask(None, f"/published/{published}.{name}")).content == content
    made = await pool.fetch("SELECT format, content FROM published_file")
    assert {row["format"]: row["content"] for row in made} == before
    monkeypatch.setattr(pdf, "made", lambda _: b"another library")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.execute("UPDATE published_file SET content = ''")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.execute("DELETE FROM entry")


async def test_made_again_from_its_entries_it_is_the_same(
    published: str, pool: Pool, step: Ask
) -> None:
    from services.domain.responses.folding import fold  # noqa: PLC0415 - beside what it proves
    from services.responses import making, store  # noqa: PLC0415 - the same

    await step(published, "progress", action="action-7", on=TODAY, standing="met", text="Done.")
    entries = await store.entries(pool, published)
    version = fold(entries).published_version
    assert version is not None
    document = making.document(entries, version, marked=False)
    for row in await pool.fetch("SELECT format, content FROM published_file"):
        assert MAKERS[row["format"]](document) == row["content"], row["format"]


async def test_everybody_can_follow_what_is_published(
    published: str, ask: Ask, step: Ask, pool: Pool, catalogue: Catalogue
) -> None:
    await entering.preload(pool, catalogue)
    [latest, past] = (await ask(None, "/api/v1/published")).json()["items"]
    assert {latest["id"], past["id"]} >= {published}
    read = etree.fromstring((await ask(None, "/published/feed.atom")).content)
    titles = read.xpath("//a:entry/a:title/text()", namespaces=ATOM)
    assert titles == ["Multi-agency responses to serious youth violence"]
    await step(published, "correct", reason="A word.")
    again = etree.fromstring((await ask(None, "/published/feed.atom")).content)
    assert len(again.xpath("//a:entry", namespaces=ATOM)) == 1


async def test_the_response_of_the_past_is_brought_in_once(
    pool: Pool, catalogue: Catalogue, ask: Ask, step: Ask
) -> None:
    await entering.preload(pool, catalogue)
    await entering.preload(pool, catalogue)
    [one] = (await ask(None, "/api/v1/published")).json()["items"]
    assert one["published_on"] is None
    text = (await ask(None, f"/published/{one['id']}.html")).text
    assert MARKING not in text
    assert "Response published on the OPC" in text
    answer = await step(one["id"], "comment", on="opening", text="New words.")
    assert answer.json()["code"] == "published"
    assert (await step(one["id"], "correct", reason="x")).json()["code"] == "brought-in"
