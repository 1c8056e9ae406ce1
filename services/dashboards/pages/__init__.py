"""What do people look at here? One module for each family of pages; templates stand beside."""

from fastapi import APIRouter

from services.dashboards.pages import about, alerts, gaps, overview, quality


def router() -> APIRouter:
    """Return the routes of every page."""
    routes = APIRouter(tags=["pages"])
    for family in (overview, gaps, alerts, quality, about):
        routes.include_router(family.router())
    return routes
