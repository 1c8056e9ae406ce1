"""What do all services' answers have in common? How they say no, and that each is counted.

Apart from `process`, which also runs what serves no pages: FastAPI and the keys of tokens are a
third of the work of starting.
"""

from fastapi import FastAPI

from services.runtime import access, problems


def whole(app: FastAPI, service: str) -> FastAPI:
    """Have every failure of `app` answered as a problem, and every request counted and logged."""
    problems.install(app)
    access.install(app, service)
    return app
