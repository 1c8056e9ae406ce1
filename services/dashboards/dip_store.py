"""Which of a month's referrals may be drawn, and which were read by two? Without any history."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import msgspec

from services.domain import dip_sample as strata
from services.domain.dip_sample import (
    LOTS,
    Candidate,
    Plan,
    Stratum,
    lots_needed,
    turns_of_lots,
)
from services.domain.dip_strata import MAJORITY, Made, Month
from services.domain.grades import Reading
from services.runtime.asking import Connection

_readings: Final = msgspec.json.Decoder(list[Reading])
# What each stratum is, of the agencies whose doings the asker is shown.
_STRATA: Final = {
    strata.ANY: "true",
    strata.NO_FURTHER_ACTION: "no_further_action && $3::text[]",
    strata.GENERAL_CID: "general_cid",
    strata.CUSTODY: "custody && $3::text[]",
    strata.VOLUNTARY_INTERVIEW: "voluntary_interview && $3::text[]",
    strata.GIRLS: "coalesce(sex = 'F', false)",
    strata.REPEATS: "cardinality(lately) >= repeats AND (lately <@ $3::text[] OR "
    "(SELECT count(*) FROM unnest(lately) AS of WHERE of = ANY($3)) >= repeats)",
}
_OF_MONTH: Final = """
FROM ledger.seen_dip_referral WHERE made_at >= $1 AND made_at < $2 AND agency = ANY($3::text[])
"""
_COUNTED: Final = f"""
SELECT ethnicity, count(*) AS "all", count(sex) AS sexes,
       {", ".join(f'count(*) FILTER (WHERE {said}) AS "{name}"' for name, said in _STRATA.items())}
{_OF_MONTH} GROUP BY ethnicity
"""
# Whoever is in the first lots of a stratum, as many as are needed of it, and so of each minority
# ethnic group: whoever is drawn of the whole month is among them. Of small ones that is everybody;
# of the others most are passed over by their lot alone.
_TURN: Final = "($4::int[])[lot + 1]"
_IN_FIRST_LOTS: Final = " OR ".join(
    f"({_TURN} < ($5::int[])[{place}] AND {said})"
    for place, said in enumerate(_STRATA.values(), start=1)
)
_IN_ALL_LOTS: Final = " OR ".join(
    f"(($4::int[])[{place}] = {LOTS} AND {said})"
    for place, said in enumerate(_STRATA.values(), start=1)
)
_FIRST: Final = f"""
SELECT {", ".join(Made._fields)} {_OF_MONTH} AND lot = ANY($6::int[])
    AND ({_IN_FIRST_LOTS} OR {_TURN} < ($8::int[])[array_position($7::text[], ethnicity)])
"""
_SMALL: Final = f"""
SELECT {", ".join(Made._fields)} {_OF_MONTH} AND ({_IN_ALL_LOTS} OR ethnicity = ANY($5::text[]))
"""
_READ: Final = """
SELECT read, count(*) AS referrals FROM ledger.seen_dip_referral
WHERE made_at >= $1 AND made_at < $2 AND agency = ANY($3::text[]) AND read IS NOT NULL GROUP BY read
"""


class Population(NamedTuple):
    """How many referrals of a month there are, in each stratum, and of how many it is not known."""

    whole: int
    sex_unknown: int
    ethnicity_unknown: int
    strata: Mapping[Stratum, int]


async def population(connection: Connection, month: Month, agencies: list[str]) -> Population:
    """Count the referrals that these agencies made in a month, each under all of its strata."""
    rows = await connection.fetch(_COUNTED, *month, agencies)
    found: Counter[Stratum] = Counter()
    for row in rows:
        found.update({Stratum(name): row[name] for name in _STRATA})
        if row["ethnicity"] not in {None, MAJORITY}:
            found[Stratum(strata.MINORITY_ETHNIC, row["ethnicity"])] = row["all"]
    return Population(
        sum(row["all"] for row in rows),
        sum(row["all"] - row["sexes"] for row in rows),
        sum(row["all"] for row in rows if row["ethnicity"] is None),
        {stratum: count for stratum, count in found.items() if count},
    )


async def first(  # noqa: PLR0913 - what is drawn of, and how
    connection: Connection,
    month: Month,
    agencies: list[str],
    of: Population,
    plan: Plan,
    seed: str,
) -> list[Candidate]:
    """Return the referrals of a month among which are all that are drawn by a seed."""
    needed = {
        stratum: lots_needed(count, plan.sizes[stratum.name])
        for stratum, count in of.strata.items()
    }
    found = await _in_lots(connection, month, agencies, needed, seed)
    if _enough(found, of, plan):
        return found
    return await _in_lots(connection, month, agencies, dict.fromkeys(needed, LOTS), seed)


async def _in_lots(
    connection: Connection,
    month: Month,
    agencies: list[str],
    needed: Mapping[Stratum, int],
    seed: str,
) -> list[Candidate]:
    groups = {one.group: lots for one, lots in needed.items() if one.group}
    large = {group: lots for group, lots in groups.items() if lots < LOTS}
    small = [group for group in groups if group not in large]
    each = [needed.get(Stratum(name), 0) for name in _STRATA]
    turns = turns_of_lots(seed)
    most = max((lots for lots in needed.values() if lots < LOTS), default=0)
    among = [lot for lot, turn in enumerate(turns) if turn < most]
    rows = await connection.fetch(
        _FIRST, *month, agencies, turns, each, among, list(large), list(large.values())
    )
    if small or LOTS in each:
        rows += await connection.fetch(_SMALL, *month, agencies, each, small)
    every = {(row["source"], row["event"]): row for row in rows}
    return [Made(*row).candidate(agencies) for row in every.values()]


def _enough(found: Iterable[Candidate], of: Population, plan: Plan) -> bool:
    """Whether the first of every stratum are there, so many as there are or are drawn."""
    held = Counter(stratum for one in found for stratum in one.strata)
    return all(
        held[stratum] >= min(count, plan.sizes[stratum.name])
        for stratum, count in of.strata.items()
    )


async def read_twice(
    connection: Connection, within: Month, agencies: list[str]
) -> Iterator[tuple[list[Reading], int]]:
    """Return what two auditors graded of referrals made within a time, and how many so alike."""
    rows = await connection.fetch(_READ, *within, agencies)
    return ((_readings.decode(row["read"]), row["referrals"]) for row in rows)
