"""Is the whole of Referral Watch up, on this machine, in this folder?"""

import asyncio
import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import httpx
from joserfc.jwk import ECKey

from deploy.embedded import account, leftovers, ports, provider, secret_files, tokens, topics
from deploy.embedded.failure import CannotStartError, check_disk, check_python
from deploy.embedded.kafka import Broker
from deploy.embedded.places import PROJECT, Places, write_private
from deploy.embedded.postgres import Database
from deploy.embedded.processes import DATABASE, DEFAULT_PORTS, PROCESSES, SIGN_IN, WATCH
from deploy.embedded.programs import programs
from deploy.embedded.progress import Say, silently, step
from deploy.embedded.prometheus import Prometheus
from deploy.embedded.runner import Program, Runner
from services.runtime import clock
from services.runtime.contracts import Contracts

READY_WITHIN_SECONDS = 180
DOWN_WITHIN_SECONDS = 60
POLL_SECONDS = 0.1


class Stack:
    """The stack that lives in `root`, with its own ports, data and secrets; any number may run.

    With `usual_ports` it takes the ports of the catalogue if all are free, else any.
    """

    def __init__(self, root: Path, *, usual_ports: bool = False) -> None:
        self.places = Places(root.resolve())
        self._usual_ports = usual_ports
        self._say: Say = silently

    @property
    def endpoints(self) -> dict[str, Any]:
        """Return what contract.md 4 promises: addresses, and a token for each persona."""
        return dict(json.loads(self.places.endpoints.read_text()))

    @cached_property
    def ports(self) -> dict[str, int]:
        """The port of every process, chosen once."""
        return ports.choose(self.places.ports, DEFAULT_PORTS, usual=self._usual_ports)

    @cached_property
    def database(self) -> Database:
        """PostgreSQL."""
        return Database.at(self.places, self.ports[DATABASE])

    @cached_property
    def broker(self) -> Broker:
        """Kafka."""
        own, controller = self.ports["kafka"], self.ports["kafka-controller"]
        return Broker.at(self.places, own, controller, self._say)

    @cached_property
    def prometheus(self) -> Prometheus | None:
        """What watches the stack; None where there is no such program."""
        return Prometheus.at(self.places, self.ports[WATCH])

    @cached_property
    def runner(self) -> Runner:
        """What starts and restarts the processes."""
        made = programs(self.places, self.ports, self.database, self.broker)
        made.append(provider.program(self.ports[SIGN_IN]))
        if self.prometheus is not None:
            made.append(Program(WATCH, self.prometheus.command))
        return Runner(self.places, self.ports["supervisor"], made)

    def up(self, say: Say = silently) -> None:
        """Start whatever does not run, and wait until every service is ready.

        Raises CannotStartError, with one sentence for the person who started it.
        """
        self._say = say
        check_python()
        self.places.make()
        check_disk(self.places.run)
        if self.is_up():
            self._write_endpoints()
            say("Already up; nothing to do.")
            return
        if not self.runner.runs():
            leftovers.end(self.places)
            ports.check_free(self.ports, self.places.ports)
        self._start()
        self._write_endpoints()

    def is_up(self) -> bool:
        """Say whether every process of the stack is running and ready."""
        if not self.places.endpoints.exists() or not self.runner.runs():
            return False
        return not self.unready()

    def unready(self) -> list[str]:
        """Return the names of the services that are not ready now."""
        return [process.name for process in PROCESSES if not self._is_ready(process.name)]

    def start_database(self) -> None:
        """Start the database alone, its files made where there are none."""
        self._make_files()
        if not self.runner.runs():
            self.runner.launch()
        self.runner.start(DATABASE)
        self._await(DATABASE, lambda: asyncio.run(self.database.server.answers()))

    def _start(self) -> None:
        """Start database and broker side by side, then everything that needs them."""
        with step(self._say, "making files"):
            self._make_files()
        if not self.runner.runs():
            self.runner.launch()
        self.runner.start(DATABASE)
        self.runner.start("kafka")
        with step(self._say, "PostgreSQL"):
            self._await(DATABASE, lambda: asyncio.run(self.database.server.answers()))
            asyncio.run(self.database.server.prepare())
        with step(self._say, "Kafka"):
            self._await("kafka", self._broker_answers)
            topics.make(self.broker.bootstrap, Contracts.load(PROJECT / "schemas").topics.values())
        for process in PROCESSES:
            self.runner.start(process.name)
        with step(self._say, f"{len(PROCESSES)} services"):
            for process in PROCESSES:
                self._await(process.name, partial(self._is_ready, process.name))
        self.runner.start(SIGN_IN)
        self._await(SIGN_IN, lambda: ports.listens(self.ports[SIGN_IN]))
        if self.prometheus is not None:
            self.prometheus.create(self.ports)
            self.runner.start(WATCH)
            self._await(WATCH, self.prometheus.answers)

    def _make_files(self) -> None:
        """Make whatever is not there yet: the database, the broker's log directory, keys."""
        with ThreadPoolExecutor() as together:
            for made in [
                together.submit(self.database.create),
                together.submit(self.broker.create),
            ]:
                made.result()
        self._signing_key()
        own = self.places.secrets
        for service, key in secret_files.ACTING.items():
            tokens.acting_key(key(own), self.places.jwks, service)
        secret_files.master_key(own)

    def _await(self, name: str, ready: Callable[[], bool]) -> None:
        """Wait until a process is ready, or say which is not and where its log is."""
        until = clock.monotonic() + READY_WITHIN_SECONDS
        while not ready():
            if clock.monotonic() > until:
                log = self.places.logs / f"{name}.log"
                raise CannotStartError(
                    f"{name} was not ready within {READY_WITHIN_SECONDS} s; its log is {log}."
                )
            time.sleep(POLL_SECONDS)

    def _broker_answers(self) -> bool:
        """Ask the broker, once it listens: its client, refused, would wait long to ask again."""
        return ports.listens(self.broker.port) and topics.answers(self.broker.bootstrap)

    def _is_ready(self, name: str) -> bool:
        """Ask a service whether it is ready, once it listens: each question takes 24 ms of CPU."""
        if not ports.listens(self.ports[name]):
            return False
        try:
            answer = httpx.get(f"{self._url(name)}/health/ready", timeout=5, trust_env=False)
        except httpx.HTTPError:
            return False
        return answer.is_success

    def _url(self, name: str) -> str:
        """Return the address of a process's HTTP face."""
        return f"http://{ports.HOST}:{self.ports[name]}"

    def _signing_key(self) -> ECKey:
        """Return the key that signs this stack's tokens."""
        return tokens.signing_key(self.places.secrets / "signing.jwk", self.places.jwks)

    def rotate_keys(self) -> None:
        """Sign by a new key from now on; tokens signed before stay good until they end."""
        self.places.make()
        tokens.rotate(self.places.secrets / "signing.jwk", self.places.jwks, clock.now())
        if self.places.endpoints.exists():
            self._write_endpoints()

    def _write_endpoints(self) -> None:
        """Write what contract.md 4 promises; tokens near their end are renewed."""
        held = self.endpoints["tokens"] if self.places.endpoints.exists() else {}
        found = {
            "intake": self._url("intake"),
            "dashboards": self._url("dashboards"),
            "alerts": self._url("alerts"),
            "directory": self._url("directory"),
            "sign_in": provider.issuer(self.ports[SIGN_IN]),
            "responses": self._url("responses"),
            "prometheus": None if self.prometheus is None else self.prometheus.url,
            "postgres": self.database.dsn(),
            "kafka": self.broker.bootstrap,
            "tokens": tokens.renew(self._signing_key(), held, clock.now()),
        }
        write_private(self.places.endpoints, json.dumps(found, indent=2) + "\n")

    def down(self, say: Say = silently) -> None:
        """Stop everything and make sure that nothing of it is left running."""
        if not self.places.run.exists():
            return
        with step(say, "stopping"):
            if self.places.ports.exists() and self.places.runner_config.exists():
                self._shut_down()
            leftovers.end(self.places)

    def _shut_down(self) -> None:
        """Ask supervisord, if it is there, and wait until all have ended."""
        if not self.runner.runs():
            return
        self.runner.shut_down()
        until = clock.monotonic() + DOWN_WITHIN_SECONDS
        while leftovers.running(self.places) and clock.monotonic() < until:
            time.sleep(POLL_SECONDS)

    def clean(self, say: Say = silently) -> None:
        """Stop everything and delete what was stored."""
        self.down(say)
        shutil.rmtree(self.places.run, ignore_errors=True)
        shutil.rmtree(account.place_elsewhere(self.places.root), ignore_errors=True)

    def start(self, name: str) -> None:
        """Start one process again."""
        self.runner.start(name)

    def stop(self, name: str) -> None:
        """Stop one process politely; it stays down until started."""
        self.runner.stop(name)

    def kill(self, name: str) -> None:
        """End one process with SIGKILL; supervisord starts it again."""
        os.kill(self.pid(name), signal.SIGKILL)

    def pid(self, name: str) -> int:
        """Return a process's id; 0 where it does not run."""
        return self.runner.pid(name)

    def await_ready(self, name: str) -> None:
        """Wait until a process is ready (again)."""
        if name == DATABASE:
            self._await(name, lambda: asyncio.run(self.database.server.answers()))
        elif name == "kafka":
            self._await(name, self._broker_answers)
        else:
            self._await(name, lambda: self._is_ready(name))
