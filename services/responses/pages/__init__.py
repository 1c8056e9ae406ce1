"""What do people look at here? One module for each family of pages; templates stand beside."""

from fastapi import APIRouter

from services.responses.pages import (
    inspections,
    office,
    promises,
    published,
    workbench,
)


def router() -> APIRouter:
    """Return the routes of every page."""
    routes = APIRouter(tags=["pages"])
    for family in (inspections, office, workbench, promises, published):
        routes.include_router(family.router())
    return routes
