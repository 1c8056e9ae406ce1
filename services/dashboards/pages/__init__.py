"""What do people look at here? One module for each family of pages; templates stand beside."""

from fastapi import APIRouter

from services.dashboards.pages import (
    about,
    alerts,
    cases,
    compare,
    downloads,
    gaps,
    lessons,
    measures,
    onward,
    overview,
    quality,
)

_FAMILIES = (
    overview, lessons, onward, compare, measures, cases, gaps, alerts, quality, downloads, about,
)  # fmt: skip


def router() -> APIRouter:
    """Return the routes of every page."""
    routes = APIRouter(tags=["pages"])
    for family in _FAMILIES:
        routes.include_router(family.router())
    return routes
