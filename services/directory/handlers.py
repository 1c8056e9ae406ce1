"""What is answered to who looks for a service?"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any, TypeVar

from services.directory.catalogue import Catalogue
from services.directory.question import OrukAsked, Paging, PreventionAsked, ServicesAsked
from services.directory.store import Held
from services.domain import evidence, oruk, provision
from services.domain.evidence import NOT_RATED
from services.domain.moments import london_day, stamp
from services.domain.offers import Offer, Wanted, found, mentions
from services.domain.provision import Cell, months_after

Shown = dict[str, Any]
Many = Mapping[str, Held]
T = TypeVar("T")


def services(many: Many, catalogue: Catalogue, asked: ServicesAsked, now: datetime) -> Shown:
    """Return one page of what suits."""
    suiting = _found(many, asked.wanted(catalogue), catalogue)
    shown, counts = page(suiting, asked)
    return {**counts, "contents": [item(many[one.id], catalogue, now) for one in shown]}


def prevention(many: Many, catalogue: Catalogue, asked: PreventionAsked, now: datetime) -> Shown:
    """Return one page of offers of prevention, each with the rating of its approach."""
    wanted = asked.wanted(catalogue)
    suiting = [offer for offer in _found(many, wanted, catalogue) if offer.row.get("prevention")]
    shown, counts = page(suiting, asked)
    return {
        **counts,
        "scale": catalogue.evidence.scale,
        "contents": [_rated(many[one.id], catalogue, now) for one in shown],
    }


def item(held: Held, catalogue: Catalogue, now: datetime) -> Shown:
    """Show one service: all that it states, and what follows from the day."""
    row, today = held.offer.row, london_day(now)
    horizon = months_after(today, catalogue.limits.ends_within)
    lasts = held.offer.funded_on(horizon + timedelta(days=1))
    paid = held.offer.funded_on(today)
    stated = {name: value for name, value in row.items() if name != "funded_until"}
    return {
        **stated,
        "provider_name": catalogue.labels["provider"].get(row["provider"], row["provider"]),
        "funded": {
            "until": row["funded_until"],
            "ends_soon": None if lasts is None else not lasts,
            "ended": None if paid is None else not paid,
        },
        "assured_lately": _lately(row.get("last_assured"), catalogue, today),
        "version": held.version,
        "last_modified": stamp(held.at),
    }


def provided(many: Many, catalogue: Catalogue, now: datetime) -> Shown:
    """Say what ends soon, and where nothing is offered."""
    today = london_day(now)
    until = months_after(today, catalogue.limits.ends_within)
    offers = [held.offer for held in many.values()]
    cells = provision.cells(offers, catalogue.labels["need"], catalogue.areas, until)
    shown = [_cell(cell, catalogue) for cell in cells]
    return {
        "as_of": today,
        "until": until,
        "services": sum(offer.running for offer in offers),
        "ending": [
            {**_briefly(one, catalogue), "funded_until": one.funded_until, **_ended(one, today)}
            for one in provision.ending(offers, until)
        ],
        "funding_unknown": [
            {
                name: _briefly(one, catalogue)[name]
                for name in ("id", "name", "provider", "provider_name")
            }
            for one in provision.unsaid(offers)
        ],
        "gaps": [cell for cell in shown if cell["state"] != "covered"],
        "cells": shown,
    }


def oruk_services(many: Many, asked: OrukAsked) -> Shown:
    """Return one page in the form of Open Referral UK: whatever each service has one of."""
    suiting = sorted(
        (held for held in many.values() if _in_oruk(held.offer, asked)),
        key=lambda held: (str(held.offer.row["name"]).casefold(), held.offer.id),
    )
    shown, counts = page(suiting, asked)
    return {**counts, "contents": [oruk.summary(one.offer.row, one.at) for one in shown]}


def oruk_service(held: Held, catalogue: Catalogue) -> Shown:
    """Return one service whole in the form of Open Referral UK."""
    labels = catalogue.labels
    return oruk.service(held.offer.row, labels["need"], labels["area"], held.at)


def page(found: Sequence[T], asked: Paging) -> tuple[Sequence[T], Shown]:
    """Return the items of a page, and its counts; a page beyond the last is empty."""
    number, size = int(asked.page), int(asked.per_page)
    pages = ceil(len(found) / size)
    shown = found[(number - 1) * size : number * size]
    return shown, {
        "total_items": len(found),
        "total_pages": pages,
        "page_number": number,
        "size": len(shown),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not shown,
    }


def _found(many: Many, wanted: Wanted, catalogue: Catalogue) -> list[Offer]:
    return found((held.offer for held in many.values()), wanted, catalogue.areas)


def _rated(held: Held, catalogue: Catalogue, now: datetime) -> Shown:
    approach = held.offer.row["approach"]
    rating = catalogue.evidence.of(approach, london_day(now))
    return {
        **item(held, catalogue, now),
        "approach_name": catalogue.labels["approach"].get(approach, approach),
        "rating": _rating(rating),
    }


def _rating(rating: evidence.Rating | None) -> Shown:
    names = ("impact", "evidence", "source", "url", "read_on", "since", "standing")
    if rating is None:
        return {**dict.fromkeys(names), "impact": NOT_RATED}
    return {name: getattr(rating, name) for name in names}


def _lately(stated: str | None, catalogue: Catalogue, today: date) -> bool | None:
    if stated is None:
        return None
    return today <= months_after(date.fromisoformat(stated), catalogue.limits.assured_within)


def _briefly(offer: Offer, catalogue: Catalogue) -> Shown:
    row = offer.row
    names = ("id", "name", "provider", "type", "kind", "needs", "areas")
    label = catalogue.labels["provider"].get(row["provider"], row["provider"])
    return {**{name: row[name] for name in names}, "provider_name": label}


def _ended(offer: Offer, today: date) -> Shown:
    return {"ended": offer.funded_on(today) is False}


def _cell(cell: Cell, catalogue: Catalogue) -> Shown:
    labels = {
        "need_name": catalogue.labels["need"][cell.need],
        "area_name": catalogue.labels["area"][cell.area],
    }
    return cell._asdict() | labels


def _in_oruk(offer: Offer, asked: OrukAsked) -> bool:
    row = offer.row
    term = asked.taxonomy_term_id
    return (
        (asked.search is None or mentions(row, asked.search))
        and (asked.minimum_age is None or row.get("maximum_age", 25) >= int(asked.minimum_age))
        and (asked.maximum_age is None or row.get("minimum_age", 0) <= int(asked.maximum_age))
        and (term is None or term in map(oruk.term_id, row["needs"]))
    )
