"""Is a file of services in whole or not at all, with every fault named and every version kept?"""

import asyncio
import json

import asyncpg
import httpx
import pytest

from services.directory import reading, store
from services.directory.catalogue import Catalogue
from tests.services.conftest import Pool
from tests.services.directory.conftest import Ask, Bring

HEAD = (
    "name,description,organization,organization_description,provider,type,kind,needs,areas,"
    "minimum_age,open_to_referrals,funded_until"
)
LINE = "A,Of help.,O,Invented.,open-door,voluntary,mentoring,knife; gang,E07000148,11,yes,no-end"


def sheet(*lines: str, head: str = HEAD) -> bytes:
    return "\r\n".join([head, *lines]).encode()


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code in {400, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return [(one["pointer"], one["code"]) for one in answer.json()["errors"]]


async def test_a_sheet_is_in_and_can_be_read(bring: Bring, ask: Ask) -> None:
    brought = await bring(sheet(LINE), "text/csv; charset=utf-8")
    assert brought.json() == {
        "import_number": 1, "added": 1, "changed": 0, "unchanged": 0, "not_kept": [],
    }  # fmt: skip
    (only,) = (await ask("norfolk-school", "/api/v1/services")).json()["contents"]
    assert (only["needs"], only["minimum_age"]) == (["knife", "gang"], 11)
    assert only["open_to_referrals"] is True
    assert only["funded"] == {"until": "no-end", "ends_soon": False, "ended": False}


async def test_the_same_sheet_changes_nothing_and_another_makes_a_version(
    bring: Bring, ask: Ask, pool: Pool
) -> None:
    await bring(sheet(LINE), "text/csv")
    assert (await bring(sheet(LINE), "text/csv")).json()["unchanged"] == 1
    changed = await bring(sheet(LINE.replace(",yes,", ",no,")), "text/csv")
    assert changed.json()["changed"] == 1
    back = await bring(sheet(LINE), "text/csv")
    assert back.json()["changed"] == 1
    (only,) = (await ask("pcc-analyst", "/api/v1/services")).json()["contents"]
    one = (await ask("pcc-analyst", f"/api/v1/services/{only['id']}")).json()
    assert [version["version"] for version in one["versions"]] == [1, 2, 3]
    for change in ("DELETE FROM service_version", "TRUNCATE service_version CASCADE"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(change)


async def test_a_file_of_the_installation_does_not_undo_what_was_brought_in(
    bring: Bring, pool: Pool, catalogue: Catalogue
) -> None:
    row = reading.read(sheet(LINE), "text/csv", catalogue).rows[0]
    await store.keep(pool, [row], store.FILES)
    await bring(sheet(LINE.replace(",yes,", ",no,")), "text/csv")
    assert (await store.keep(pool, [row], store.FILES)).number is None
    newer = {**row, "description": "Another text."}
    assert (await store.keep(pool, [newer], store.FILES)).changed == 1


async def test_two_that_start_at_once_keep_each_service_once(
    pool: Pool, catalogue: Catalogue
) -> None:
    rows = reading.read_files(catalogue)
    done = await asyncio.gather(*(store.keep(pool, rows, store.FILES) for _ in range(2)))
    assert sorted(one.added for one in done) == [0, len(rows)]


async def test_every_fault_of_a_sheet_is_named_and_no_value_repeated(bring: Bring) -> None:
    wrong = LINE.replace("open-door", "SECRET-1").replace("E07000148", "SECRET-2; E07000148")
    late = LINE.replace("no-end", "SECRET-3").replace(",11,", ",eleven,").replace("A,", "B,", 1)
    answer = await bring(sheet(LINE, wrong, late), "text/csv")
    assert faults(answer) == [
        ("/1/areas/0", "not-in-code-set"),
        ("/1/provider", "not-in-code-set"),
        ("/2/minimum_age", "wrong-type"),
    ]
    assert "SECRET" not in answer.text
    only_late = late.replace("eleven", "11")
    assert faults(await bring(sheet(only_late), "text/csv")) == [("/0/funded_until", "bad-format")]


async def test_nothing_of_a_file_with_a_fault_is_in(bring: Bring, ask: Ask) -> None:
    await bring(sheet(LINE, LINE.replace("open-door", "nobody").replace("A,", "B,", 1)), "text/csv")
    assert (await ask("norfolk-school", "/api/v1/services")).json()["empty"]


async def test_validating_keeps_nothing(bring: Bring, ask: Ask) -> None:
    judged = await bring(sheet(LINE), "text/csv", validate_only="true")
    assert (judged.status_code, judged.json()["import_number"]) == (200, None)
    assert (await ask("norfolk-school", "/api/v1/services")).json()["empty"]


async def test_a_fault_of_the_uk_form_points_into_the_form(bring: Bring) -> None:
    document = {
        "id": "no uuid", "name": "A", "description": 1, "status": "active",
        "organization": {"name": "O", "description": "Invented."},
        "assured_date": "yesterday", "phones": [{"number": "SECRET"}],
        "service_areas": [{"uri": "http://example.org/SECRET"}],
        "attributes": "SECRET",
        "referral_watch": {
            "provider": "other", "type": "voluntary", "kind": "mentoring",
            "open_to_referrals": "yes", "funded_until": "no-end",
        },
    }  # fmt: skip
    answer = await bring(json.dumps(document).encode())
    assert sorted(faults(answer)) == [
        ("/0/assured_date", "bad-format"),
        ("/0/attributes", "required"),
        ("/0/description", "wrong-type"),
        ("/0/id", "bad-format"),
        ("/0/referral_watch/open_to_referrals", "wrong-type"),
        ("/0/referral_watch/provider", "not-in-code-set"),
        ("/0/service_areas/0", "not-in-code-set"),
        ("/0/service_areas/0", "too-long"),
    ]
    assert "SECRET" not in answer.text


async def test_what_is_not_kept_is_told(bring: Bring, ask: Ask) -> None:
    await bring(sheet(LINE), "text/csv")
    (only,) = (await ask("norfolk-csc", "/services")).json()["contents"]
    whole = (await ask("norfolk-csc", f"/services/{only['id']}")).json()
    told = await bring(json.dumps({"contents": [whole | {"phones": [], "program": {}}]}).encode())
    assert told.json()["not_kept"] == ["/0/phones", "/0/program"]


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (b'{"a": \n nope}', "application/json", [("", "not-json")]),
        (b"[" * 100_000, "application/json", [("", "too-deep")]),
        (b'{"name": NaN}', "application/json", [("", "not-json")]),
        (b'{"minimum_age": ' + b"9" * 5000 + b"}", "application/json", [("", "not-json")]),
        (b"\xff\xfe", "application/json", [("", "not-utf-8")]),
        (b"\xff\xfe", "text/csv", [("", "not-utf-8")]),
        (b'name\r\n"a" b', "text/csv", [("", "not-csv")]),
        (b"[]", "application/json", [("", "out-of-range")]),
        (b"3", "application/json", [("", "wrong-type")]),
        (b"", "text/csv", [("", "out-of-range")]),
        (sheet(LINE, LINE), "text/csv", [("/1/id", "repeated")]),
        (sheet(LINE + ",more"), "text/csv", [("/0/…", "unknown-field")]),
        (sheet(LINE.replace("Of help", "Of \x00 help")), "text/csv", [
            ("/0/description", "control-character"),
        ]),
    ],
    ids=str,
)  # fmt: skip
async def test_what_cannot_be_read_is_said_to_be_so(
    bring: Bring, content: bytes, kind: str, expected: list[tuple[str, str]]
) -> None:
    assert faults(await bring(content, kind)) == expected


async def test_a_lone_surrogate_or_a_number_beyond_all_sense_is_a_fault_like_any(
    bring: Bring,
) -> None:
    stated = b'{"name": "\\ud800", "minimum_age": 1000000000000000000000000000000}'
    found = faults(await bring(stated))
    assert ("/0/name", "control-character") in found
    assert ("/0/minimum_age", "out-of-range") in found
    assert ("/0/name", "required") not in found


async def test_json_that_is_none_names_line_and_column(bring: Bring) -> None:
    (fault,) = (await bring(b'{"a": \n nope}')).json()["errors"]
    assert (fault["line"], fault["column"]) == (2, 2)


async def test_a_file_that_is_too_large_or_of_another_kind_is_refused(bring: Bring) -> None:
    assert (await bring(b"x" * 5_000_001)).status_code == 413
    assert (await bring(b"x", "application/zip")).status_code == 415


@pytest.mark.parametrize("persona", ["norfolk-school", "pcc-editor", "qa-reviewer"])
async def test_only_an_administrator_may_bring_in_services(bring: Bring, persona: str) -> None:
    assert (await bring(sheet(LINE), "text/csv", persona)).status_code == 403


def test_the_columns_that_are_no_text_are_those_of_the_schema(catalogue: Catalogue) -> None:
    kinds = {name: part.get("type") for name, part in catalogue.fields.items()}
    ages = {name for name, part in catalogue.fields.items() if part.get("$ref") == "#/$defs/age"}
    assert {name for name, kind in kinds.items() if kind == "array"} == reading.LISTS
    assert {name for name, kind in kinds.items() if kind == "boolean"} == reading.TRUTHS
    assert ages == reading.NUMBERS
