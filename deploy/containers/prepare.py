"""Makes database and topics ready, then ends: `python -m deploy.containers.prepare`.

Told by its environment: RW_POSTGRES_HOST (and RW_POSTGRES_PORT), RW_KAFKA_BOOTSTRAP, RW_REPLICAS
for a broker that is not alone. The passwords are files `postgres-<role>.password` in RW_SECRETS.
"""

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

from deploy.embedded import topics
from deploy.embedded.failure import CannotStartError
from deploy.embedded.places import PROJECT
from deploy.preparing import Server
from services.runtime import log
from services.runtime.contracts import Contracts
from services.runtime.settings import SECRETS


def server() -> Server:
    """Return the server that the environment names."""
    folder = Path(os.environ.get("RW_SECRETS", SECRETS))

    def password(role: str) -> str:
        return (folder / f"postgres-{role}.password").read_text().strip()

    host, port = os.environ["RW_POSTGRES_HOST"], int(os.environ.get("RW_POSTGRES_PORT", "5432"))
    return Server(host, port, password)


def main() -> int:
    """Prepare; safe to run before every upgrade and any number of times."""
    log.configure("prepare", "INFO")
    try:
        asyncio.run(server().prepare())
        wanted = Contracts.load(PROJECT / "schemas").topics.values()
        tls = os.environ.get("RW_KAFKA_TLS")
        replicas = int(os.environ.get("RW_REPLICAS", "1"))
        made = topics.make(
            os.environ["RW_KAFKA_BOOTSTRAP"],
            [replace(one, replicas=replicas) for one in wanted],
            None if tls is None else Path(tls),
        )
    except (CannotStartError, KeyError) as error:
        print(f"Cannot prepare: {error}", file=sys.stderr)
        return 1
    print(f"Ready; topics made: {', '.join(made) or 'none'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
