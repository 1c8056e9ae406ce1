"""A figure in words, and which way a finding has gone."""

from typing import Any

from services.domain.responses.figures import caption, cells, spoken


def row(met: int, units: int) -> dict[str, Any]:
    share = met / units if units else None
    low, high = (None, None) if share is None else (max(share - 0.1, 0), min(share + 0.1, 1))
    return {"label": "All", "numerator": met, "denominator": units, "value": share, "low": low,
            "high": high}  # fmt: skip


HIDDEN = {
    "label": "Few",
    **dict.fromkeys(("numerator", "denominator", "value", "low", "high"), "c"),
}

UNPUBLISHED = {
    "label": "Late",
    **dict.fromkeys(("numerator", "denominator", "value", "low", "high")),
}


def test_a_row_is_written_whole_or_not_at_all() -> None:
    assert cells(row(1230, 2000)) == ("All", "1,230", "2,000", "61.5%", "51.5% to 71.5%")
    assert cells(HIDDEN) == ("Few", "[c]", "[c]", "[c]", "[c]")
    assert cells({**row(3, 90), "numerator": "c"})[1:] == ("[c]",) * 4
    assert cells(UNPUBLISHED) == ("Late", "[x]", "[x]", "[x]", "[x]")
    assert cells(row(0, 0)) == ("All", "0", "0", "none", "none")


def test_a_row_is_spoken() -> None:
    assert spoken(row(1230, 2000)) == ("61.5% (1,230 of 2,000; 95% interval 51.5% to 71.5%)")
    assert spoken({**row(1230, 2000), "missing": 1200, "not_judged": "c"}).endswith(
        "; beside these 1,200 missing data and [c] not judged)"
    )
    assert spoken(HIDDEN).startswith("hidden [c]")
    assert spoken(UNPUBLISHED) == "not published [x]"
    assert spoken(row(0, 0)) == "nothing was counted"


def test_a_caption_says_of_which_months() -> None:
    assert caption({"title": "T", "from": "2025-03", "to": "2026-02"}) == (
        "T, March 2025 to February 2026"
    )
    assert caption({"title": "T", "from": "2025-03", "to": "2025-03"}) == "T, March 2025"
