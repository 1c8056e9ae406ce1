"""Which referrals does a reviewer read again, and how do two reviewers agree?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from services.dashboards import agreement, dip_store
from services.dashboards.desk import Desk
from services.dashboards.handlers import Forbidden
from services.dashboards.sight import sight_of
from services.domain import dip_sample
from services.domain.dip_sample import Count, Drawn, Plan, Stratum
from services.domain.dip_strata import Month
from services.domain.grades import pairs, tables
from services.domain.moments import london_day, stamp
from services.runtime import audit
from services.runtime.asking import Connection, asking
from services.runtime.audit import Act
from services.runtime.auth import Caller

PURPOSE: Final = "quality-assurance"
DRAWN: Final = "dip-sample-drawn"
COMPARED: Final = "dip-sample-agreement-read"


async def sample(desk: Desk, caller: Caller, named: str, month: Month, seed: str) -> dict[str, Any]:
    """Draw a sample of the referrals of the reviewer's area, and write who drew it.

    Raises Forbidden for who is no reviewer.
    """
    plan = Plan.of(desk.policy, london_day(month[0]))
    drawn_by = f"{named}\n{seed}"
    async with _reading(desk, caller) as (connection, agencies):
        population = await dip_store.population(connection, month, agencies)
        found = await dip_store.first(connection, month, agencies, population, plan, drawn_by)
        drawn = dip_sample.draw(found, plan, drawn_by)
        children = {one.candidate.child_ref for one in drawn}
        act = Act(
            "consultation", DRAWN, PURPOSE, len(drawn), children=children, asked={"month": named}
        )
        await audit.write(connection, caller, act)
    return {
        "month": named,
        "seed": seed,
        "policy_version": desk.policy.version,
        "population": population.whole,
        "drawn": len(drawn),
        "second_readings": sum(one.second_reader for one in drawn),
        "sex_unknown": population.sex_unknown,
        "ethnicity_unknown": population.ethnicity_unknown,
        "strata": [_count(one, plan) for one in dip_sample.counts(population.strata, drawn)],
        "items": [_item(one) for one in drawn],
    }


async def compared(desk: Desk, caller: Caller, named: str, within: Month) -> dict[str, Any]:
    """Say how two reviewers of the area agree on the referrals made within a time.

    Writes who asked. Raises Forbidden for who is no reviewer.
    """
    async with _reading(desk, caller) as (connection, agencies):
        read = await dip_store.read_twice(connection, within, agencies)
        paired = [(pairs(readings, agencies), referrals) for readings, referrals in read]
        twice = sum(referrals for pair, referrals in paired if pair)
        act = Act("consultation", COMPARED, PURPOSE, twice, asked={"month": named})
        await audit.write(connection, caller, act)
    least = desk.policy.number("dip_sample.agreement.pairs", london_day(within[0])).value
    stated = await asyncio.to_thread(agreement.stated, tables(paired), least)
    return {
        "month": named,
        "from": stamp(within[0]),
        "to": stamp(within[1]),
        "read_twice": twice,
        "least": least,
        "dimensions": stated,
    }


@asynccontextmanager
async def _reading(desk: Desk, caller: Caller) -> AsyncIterator[tuple[Connection, list[str]]]:
    """Read one snapshot as a reviewer; the row of who read is written in the same transaction."""
    sight = sight_of(caller, desk.registry)
    if sight is None or not sight.sees_all:
        raise Forbidden
    async with asking(desk.readers, caller) as connection:
        yield connection, sorted(sight.owing)


def _count(one: Count, plan: Plan) -> dict[str, Any]:
    return {
        **_stratum(one.stratum),
        "size": plan.sizes[one.stratum.name],
        "population": one.population,
        "drawn": one.drawn,
    }


def _item(one: Drawn) -> dict[str, Any]:
    candidate = one.candidate
    return {
        "referral_ref": candidate.referral_ref,
        "child_ref": candidate.child_ref,
        "agency": candidate.agency,
        "made_at": stamp(candidate.made_at),
        "strata": [_stratum(stratum) for stratum in sorted(candidate.strata)],
        "second_reader": one.second_reader,
    }


def _stratum(stratum: Stratum) -> dict[str, Any]:
    return {"stratum": stratum.name, "group": stratum.group or None}
