"""Where do supervisors, reviewers and agencies do their work? One module a family of pages."""

from fastapi import APIRouter

from services.dashboards.desks import (
    agency,
    child,
    dip,
    dip_files,
    dip_reading,
    disagreements,
    drafting,
    identity,
    prevention,
    queue,
    sending,
    uploads,
    withdrawing,
    work,
)


def router() -> APIRouter:
    """Return the routes of every desk."""
    routes = APIRouter(tags=["desks"])
    people = (queue, work, child, identity, disagreements)
    reviewers = (dip, dip_reading, dip_files)
    agencies = (agency, sending, drafting, withdrawing, uploads, prevention)
    for family in (*people, *reviewers, *agencies):
        routes.include_router(family.router())
    return routes
