"""Fill a running stack with the invented county; compare what it finds with what was planted."""

import argparse
import asyncio
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from deploy.demo import compare
from deploy.demo.county import County
from deploy.demo.office_days import at_london
from deploy.demo.posting import Agencies, Posted, Refused, read_endpoints
from deploy.demo.stack import Marker, holds, may_post
from deploy.demo.truth import Written, planted, write_year
from services.runtime import clock

_NOTE = """
  ****************************************************************************
  *  INVENTED CHILDREN ONLY. Nobody in this county exists: names, numbers,   *
  *  postcodes and stories are made up by a program. Never post the demo     *
  *  into a stack that holds, or will hold, the records of real children.    *
  ****************************************************************************
"""


def main() -> None:
    """Post the demo county, or with --dump write its events to a file; leave with 1 if refused."""
    chosen = _arguments()
    print(_NOTE)
    try:
        asyncio.run(_run(chosen))
    except Refused as refusal:
        sys.exit(str(refusal))
    except (OSError, asyncpg.PostgresError, httpx.HTTPError) as error:
        sys.exit(f"The stack did not answer ({type(error).__name__}): is it up? Try `make up`.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description=__doc__)
    parser.add_argument("--endpoints", type=Path, default=Path(".run/endpoints.json"))
    parser.add_argument("--seed", type=int, default=None, help="another county (1)")
    parser.add_argument("--scale", type=float, default=None, help="a part of its size (1.0)")
    parser.add_argument("--until", type=date.fromisoformat, help="the year's end (last midnight)")
    parser.add_argument("--family", action="append", default=[], help="compare these rules alone")
    parser.add_argument(
        "--patience", type=float, default=120, help="seconds without progress (120)"
    )
    parser.add_argument("--dump", type=Path, help="write the events here and post nothing")
    return parser.parse_args()


def _county(chosen: argparse.Namespace, begun: County | None) -> County:
    """Return the county asked for; what is not asked for is as it was begun, else the default."""
    fresh = County.before(clock.now())
    held = begun or fresh
    return County(
        seed=held.seed if chosen.seed is None else chosen.seed,
        scale=held.scale if chosen.scale is None else chosen.scale,
        until=held.until if chosen.until is None else at_london(chosen.until, 0),
    )


async def _run(chosen: argparse.Namespace) -> None:
    folder = chosen.endpoints.parent / "demo"
    if chosen.dump:
        year = write_year(_county(chosen, None), chosen.dump.with_suffix(".truth.jsonl"))
        _dump(year, chosen.dump)
        return
    if not chosen.endpoints.exists():
        raise Refused(f"{chosen.endpoints} is not there: start the stack first (`make up`).")
    endpoints, marker = read_endpoints(chosen.endpoints.read_text()), Marker(folder)
    ours, others = await holds(endpoints["postgres"])
    county = _county(chosen, marker.county() if ours else None)
    truth = folder / "truth.jsonl"
    async with httpx.AsyncClient(timeout=120) as client:
        if ours and marker.complete() and marker.county() == county:
            print("The demo county is already here; nothing is posted again.")
        else:
            may_post(county, marker.county(), ours=ours, others=others)
            marker.note(county, complete=False)
            await _fill(client, endpoints, county, truth, chosen.patience)
            marker.note(county, complete=True)
        await _show(client, endpoints, truth, chosen)


async def _fill(
    client: httpx.AsyncClient,
    endpoints: dict[str, Any],
    county: County,
    truth: Path,
    patience: float,
) -> None:
    """Make the year, post it, and return when its last event is judged."""
    year = write_year(county, truth)
    print(f"The county's year ends on {county.until:%d %B %Y}: {year.total:,} events.")
    _count("said", year.by_type)
    _count("planted", year.by_rule)
    agencies = Agencies(client, endpoints)
    _check(await agencies.post(year))
    await agencies.wait_until_judged(patience)


def _check(posted: Posted) -> None:
    """Raise Refused where intake would not have some of the events."""
    print("  " + ", ".join(f"{count:,} {what}" for what, count in sorted(posted.outcomes.items())))
    if posted.outcomes["rejected"]:
        worst = "; ".join(fault for fault, _ in posted.faults.most_common(5))
        raise Refused(f"{posted.outcomes['rejected']} events were rejected: {worst}")


async def _show(
    client: httpx.AsyncClient, endpoints: dict[str, Any], truth: Path, chosen: argparse.Namespace
) -> None:
    """Print what was found of what was planted, and where to look."""
    gaps = await compare.found_gaps(client, endpoints)
    scores = compare.compare(planted(truth), gaps, chosen.family or compare.EVERY_FAMILY)
    print(f"\n{compare.table(scores)}\n")
    print(
        f"Where to look\n"
        f"  pages       {endpoints['dashboards']} (sign in as pcc-analyst, qa-reviewer, "
        f"police-supervisor, norfolk-school)\n"
        f"  responses   {endpoints['responses']} (sign in as pcc-editor)\n"
        f"  gaps        {endpoints['dashboards']}/api/v1/gaps\n"
        f"  intake      {endpoints['intake']}\n"
        f"  planted     {truth}\n"
        f"  tokens      {chosen.endpoints} (a bearer token for each persona)\n"
        f"Decisions that are overdue now, as the quality reviewer sees them:\n"
        f"  TOKEN=$(python3 -c 'import json; "
        f'print(json.load(open("{chosen.endpoints}"))["tokens"]["qa-reviewer"])\')\n'
        f'  curl -H "Authorization: Bearer $TOKEN" '
        f"'{endpoints['dashboards']}/api/v1/gaps"
        f"?rule=timeliness.decision_overdue&state=open&limit=5'"
    )


def _count(what: str, counted: Counter[str]) -> None:
    print(f"  {what}:")
    for name, count in sorted(counted.items()):
        print(f"  {count:>9,}  {name}")


def _dump(year: Written, file: Path) -> None:
    with file.open("wb") as out:
        for events in year.by_agency.values():
            out.writelines(event + b"\n" for event in events)
    print(f"{year.total:,} events are in {file}, the truth in {file.with_suffix('.truth.jsonl')}")


if __name__ == "__main__":
    main()
