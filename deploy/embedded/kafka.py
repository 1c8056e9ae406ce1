"""How does the broker come to be: Apache Kafka 4.1, one KRaft node, on the Java of a wheel?"""

import base64
import secrets
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.failure import CannotStartError
from deploy.embedded.jars import classpath
from deploy.embedded.java import java
from deploy.embedded.places import Places
from deploy.embedded.ports import HOST

LOGGING = Path(__file__).with_name("log4j2.properties")
JAVA_OPTIONS = (
    "-Xms256m",
    "-Xmx512m",
    "-XX:+UseSerialGC",  # one small heap on few cores
    "-XX:TieredStopAtLevel=1",  # up in 3 s instead of 7; the broker is never what we wait for
    "-Djava.net.preferIPv4Stack=true",
    f"-Dlog4j2.configurationFile={LOGGING}",
)
LARGEST_MESSAGE = 8 * 1024 * 1024 + 64 * 1024
"""8 MB of value (schemas/asyncapi), and room for key and headers; a topic may allow less."""


@dataclass(frozen=True, slots=True)
class Broker:
    """The broker's programs, its folder and its two ports."""

    folder: Path
    jars: str
    port: int
    controller_port: int

    @classmethod
    def at(
        cls, places: Places, port: int, controller_port: int, say: Callable[[str], None]
    ) -> "Broker":
        """Find the programs, fetching them once; `say` is told of that."""
        return cls(places.kafka, classpath(say), port, controller_port)

    @property
    def bootstrap(self) -> str:
        """Return the address that clients begin with."""
        return f"{HOST}:{self.port}"

    @property
    def configuration(self) -> Path:
        """The file that both the formatting and the broker read."""
        return self.folder / "server.properties"

    @property
    def command(self) -> list[str]:
        """Return what supervisord runs."""
        return [*self._java(), "kafka.Kafka", str(self.configuration)]

    def create(self, draw: Callable[[int], bytes] = secrets.token_bytes) -> None:
        """Write the configuration; format the log directory where there is none."""
        self.configuration.write_text(self._properties())
        if (self.folder / "log" / "meta.properties").exists():
            return
        cluster = base64.urlsafe_b64encode(draw(16)).decode().rstrip("=")
        done = subprocess.run(
            [*self._java(), "kafka.tools.StorageTool", "format",
             f"--cluster-id={cluster}",  # one word: an id may begin with a dash
             "--config", str(self.configuration)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise CannotStartError(f"Kafka could not make its log directory: {reason}")

    def _java(self) -> list[str]:
        """Return the start of every Java command line."""
        return [str(java()), *JAVA_OPTIONS, "-cp", self.jars]

    def _properties(self) -> str:
        """Return the broker's configuration; whatever is not here is Kafka's default."""
        settings = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@{HOST}:{self.controller_port}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://{HOST}:{self.controller_port}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": self.folder / "log",
            "auto.create.topics.enable": "false",
            "message.max.bytes": LARGEST_MESSAGE,
            "replica.fetch.max.bytes": LARGEST_MESSAGE,
            "group.initial.rebalance.delay.ms": 0,
            "log.initial.task.delay.ms": 5_000,
            "log.retention.check.interval.ms": 10_000,  # what is over goes soon, erased or not
            "log.cleaner.backoff.ms": 5_000,
            "offsets.topic.num.partitions": 4,
            "offsets.topic.replication.factor": 1,
            "transaction.state.log.num.partitions": 4,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
        }
        return "".join(f"{key}={value}\n" for key, value in settings.items())
