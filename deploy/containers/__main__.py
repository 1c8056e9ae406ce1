"""`python -m deploy.containers trial | secrets | write`: containers tried, their files made."""

import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import httpx

from deploy.containers import compose, images, secrets
from deploy.containers.compose import Compose
from deploy.containers.engine import CannotRunError, Engine
from deploy.embedded import tokens
from deploy.embedded.places import PROJECT
from deploy.embedded.progress import aloud, step
from deploy.grafana import writing
from deploy.kubernetes import writing as manifests
from services.runtime import clock

FOLDER: Final = PROJECT / ".run" / "containers" / "engine"
OVERRIDE: Final = images.LOCAL / "override.yml"
HEALTHY_SECONDS: Final = 600
STORY_SECONDS: Final = 60
NOT_TRIED: Final = 75  # EX_TEMPFAIL: neither well nor ill
MEDIA: Final = "application/cloudevents+json"


def make_secrets() -> int:
    """Make the secrets that docker-compose.yml names."""
    aloud(f"Secrets are in {secrets.make()}.")
    return 0


def trial() -> int:
    """Build, start, tell one story, take down."""
    engine = Engine(FOLDER)
    try:
        engine.start(aloud)
        return _tried(engine)
    except CannotRunError as reason:
        aloud(f"CONTAINERS WERE NOT TRIED: {reason}. Nothing is known of docker-compose.yml here.")
        return NOT_TRIED
    finally:
        engine.stop()


def _tried(engine: Engine) -> int:
    images.make(engine, aloud)
    secrets.make()
    try:
        with step(aloud, "containers up and healthy"):
            _compose(engine, "up", "--detach", "--wait", "--wait-timeout", str(HEALTHY_SECONDS))
        with step(aloud, "one story told, and its gap seen"):
            _story()
    except (RuntimeError, AssertionError, httpx.HTTPError) as error:
        aloud(f"CONTAINERS ARE NOT WELL: {error}")
        aloud(_compose(engine, "ps", "--all"))
        aloud(_compose(engine, "logs", "--tail", "8", "--no-color"))
        return 1
    else:
        aloud("Containers are well: built, started, healthy, and a gap was found.")
        return 0
    finally:
        with step(aloud, "taken down"):
            _compose(engine, "down", "--volumes", "--timeout", "20")


def _compose(engine: Engine, *arguments: str) -> str:
    files = ("--file", str(PROJECT / "docker-compose.yml"), "--file", str(OVERRIDE))
    return engine.run("compose", "--project-directory", str(PROJECT), *files, *arguments)


def _story() -> None:
    """Post a detention two days ago; nobody referred the child, and that must be seen."""
    place, now = Compose(), clock.now()
    folder = secrets.FOLDER
    key = tokens.signing_key(secrets.signing(folder), folder / "jwks.json")

    def bearer(persona: str) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {tokens.mint(key, persona, now)}"}

    event = {
        "specversion": "1.0",
        "source": "/norfolk-police/custody",
        "id": f"containers-{int(now.timestamp())}",
        "type": "police.child-detained.v1",
        "time": (now - timedelta(days=2)).isoformat(),
        "data": {
            "child": {"local_id": "containers-child", "date_of_birth": "2012-05-05"},
            "custody_ref": f"containers-{int(now.timestamp())}",
            "practitioner": {"ref": "PC-1", "role": "custody-officer", "unit": "custody"},
        },
    }
    with httpx.Client(timeout=30, trust_env=False) as client:
        posted = client.post(
            f"{place.url('intake')}/v1/events",
            json=event,
            headers={**bearer("norfolk-police"), "Content-Type": MEDIA},
        )
        assert posted.status_code == httpx.codes.ACCEPTED, posted.text  # noqa: S101 - a trial
        asked: dict[str, Any] = {
            "url": f"{place.url('dashboards')}/api/v1/gaps",
            "params": {"event": f"{event['source']}|{event['id']}"},
            "headers": bearer("police-supervisor"),
        }
        until = clock.monotonic() + STORY_SECONDS
        while not client.get(**asked).raise_for_status().json()["items"]:
            assert clock.monotonic() < until, "no gap was seen"  # noqa: S101 - a trial
            time.sleep(0.5)


def write() -> int:
    """Write what is made from the catalogue of processes."""
    compose.write()
    writing.write()
    manifests.write()
    return 0


COMMANDS: Final[Mapping[str, Callable[[], int]]] = {
    "trial": trial,
    "secrets": make_secrets,
    "write": write,
}


def main(arguments: list[str]) -> int:
    """Run one command; return the exit status."""
    command = COMMANDS.get(" ".join(arguments))
    if command is None:
        aloud(f"Say one of: {', '.join(COMMANDS)}.")
        return 2
    return command()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
