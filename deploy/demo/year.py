"""What is said in the county's year, child by child? The same county always says the same."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from random import Random

from deploy.demo import pathways
from deploy.demo.children import Child, born
from deploy.demo.county import CHAPTERS, County, coded
from deploy.demo.failings import plant_the_rest
from deploy.demo.life import Life, Said
from deploy.demo.staff import COURSE, Staff

Chapter = tuple[str, str]
_SIZES = {
    "teenagers": (1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 7, 10),  # chapters of a child's year
    "suspects": (1, 1, 2, 3),
    "pupils": (1,) * 17 + (2, 2, 3),
    "all": (1,) * 17 + (2, 2, 3),
}
_AGED_AS = {"suspects": "teenagers"}
_TEENAGE = frozenset({"custody", "suspect-interview", "witness-interview", "missing", "search"})
_MIXED = ("exposure", "school", "own-services", "individual")


def lives(county: County, staff: Staff) -> Iterator[Life]:
    """Yield every child's year, finished, with what was planted in it."""
    rng = Random(f"county/{county.seed}/{county.scale}")  # noqa: S311 - must come out the same again
    pools: list[str] = []
    for serial, (pool, chapters) in enumerate(_dealt(rng, county), start=1):
        pools.append(pool)
        yield _life(county, staff, serial, pools, chapters)


def training(county: County, staff: Staff) -> Iterator[Said]:
    """Yield every training course that staff completed before the county's end."""
    for worker in staff:
        for number, (when, valid_until) in enumerate(worker.trained, start=1):
            day = when.date().isoformat()
            yield Said(
                agency=worker.agency,
                source=f"/{worker.agency}/demo-learning",
                id=f"{county.tag}-{worker.ref}-{number}",
                type="training.completed.v1",
                time=when,
                arrives=max(when, county.since),
                content={
                    "practitioner": worker.named(),
                    "course": COURSE,
                    "completed_on": day,
                    "expires_on": valid_until.isoformat(),
                },
            )


def _pool(rng: Random, pathway: str, outcome: str) -> str:
    """Return whose chapter it is: about a third of what is not police work happens to teenagers."""
    if pathway in {"custody", "suspect-interview"} and outcome != "referred":
        return "suspects"
    if pathway in _TEENAGE or (pathway.startswith(_MIXED) and rng.random() < 0.35):  # noqa: PLR2004
        return "teenagers"
    return "pupils" if pathway.startswith(("school", "education")) else "all"


def _dealt(rng: Random, county: County) -> Iterator[tuple[str, list[Chapter]]]:
    """Yield (pool, chapters) of child after child until the year's chapters are dealt out."""
    pools: dict[str, list[Chapter]] = {pool: [] for pool in _SIZES}
    apart: list[Chapter] = []
    for pathway, outcome, count in CHAPTERS:
        for _ in range(county.scaled(count)):
            pile = apart if pathway == "unlinked-concern" else pools[_pool(rng, pathway, outcome)]
            pile.append((pathway, outcome))
    for pool, pile in pools.items():
        rng.shuffle(pile)
        while pile:
            size = rng.choice(_SIZES[pool])
            yield _AGED_AS.get(pool, pool), pile[-size:]
            del pile[-size:]
    for chapter in apart:
        yield "pupils", [chapter]


def _life(
    county: County, staff: Staff, serial: int, pools: Sequence[str], chapters: list[Chapter]
) -> Life:
    """Write the year of the child of a serial; `pools` are those of all children until this one."""
    rng = Random(f"child/{county.seed}/{county.scale}/{serial}")  # noqa: S311 - must come out the same
    child = _child(rng, county, serial, pools, chapters)
    life = Life(child, county, staff, rng, f"{county.tag}-{coded(serial, 4)}")
    for pathway, outcome in chapters:
        pathways.write(life, pathway, outcome)
    _make_joinable(life)
    plant_the_rest(life)
    return life


def _child(
    rng: Random, county: County, serial: int, pools: Sequence[str], chapters: list[Chapter]
) -> Child:
    """Return the child; for an unlinked record, another child's double whom nothing joins.

    No number does, and the birth date is written wrongly, so that a person has to decide.
    """
    child = born(rng, county, serial, pool=pools[-1])
    if chapters[0][0] != "unlinked-concern":
        return child
    other = rng.randrange(1, max(2, serial))
    same = Random(f"child/{county.seed}/{county.scale}/{other}")  # noqa: S311 - the other's own
    twin = born(same, county, other, pool=pools[other - 1])
    return replace(twin, serial=serial, known_by="nothing", born_on=_written_wrongly(twin.born_on))


def _written_wrongly(born_on: date) -> date:
    """Return day and month in each other's place, or the middle of the month for its day."""
    if born_on.day <= 12 and born_on.day != born_on.month:  # noqa: PLR2004 - months
        return born_on.replace(month=born_on.day, day=born_on.month)
    return born_on.replace(day=15 if born_on.day != 15 else 16)  # noqa: PLR2004 - see above


def _make_joinable(life: Life) -> None:
    """State the NHS number throughout a life whose records no shared referral would join."""
    if life.child.known_by != "referral" or _joined_by_referrals(life.said):
        return
    life.child.known_by = "nhs"
    for said in life.said:
        said.content["child"]["nhs_number"] = life.child.nhs


def _joined_by_referrals(said: list[Said]) -> bool:
    sharing: dict[str, set[str]] = {}
    for each in said:
        if "referral_ref" in each.content:
            sharing.setdefault(each.content["referral_ref"], set()).add(each.agency)
    agencies = {each.agency for each in said}
    joined = set(sorted(agencies)[:1])
    for _ in agencies:
        joined.update(*(group for group in sharing.values() if group & joined))
    return joined == agencies
