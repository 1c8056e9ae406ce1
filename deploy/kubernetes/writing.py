"""What of Kubernetes' files is made?

Processes from the catalogue, topics and who may use them from schemas/asyncapi, and the alerts from
deploy/prometheus.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from deploy.containers.compose import password
from deploy.embedded.places import PROJECT
from deploy.embedded.processes import JUDGES, SERVICES
from deploy.kubernetes import processes
from deploy.kubernetes.processes import Manifest, named
from deploy.preparing import OWNER
from services.runtime.contracts import Contracts, Topic

FOLDER: Final = Path(__file__).with_name("base")
MADE: Final = FOLDER / "made.yaml"
RULES: Final = FOLDER / "rules.yaml"
REPLICAS: Final = 3
NAME_LABEL: Final = "app_kubernetes_io_name"
HEAD: Final = "# MADE by `make manifests` from {}: change those.\n"
MONITORS: Final = "monitoring.coreos.com/v1"
PROMETHEUS: Final = PROJECT / "deploy" / "prometheus"


def made() -> str:
    """Return everything that follows from catalogue and topics."""
    return HEAD.format("the catalogue of processes and schemas/asyncapi") + _dump(
        [*processes.manifests(), *_topics(), *_users(), *_around()]
    )


def rules() -> str:
    """Return the rules of deploy/prometheus as the Prometheus operator takes them."""
    found = [
        named(
            "PrometheusRule",
            "monitoring.coreos.com/v1",
            file.stem,
            yaml.safe_load(file.read_text()),
        )
        for file in [PROMETHEUS / "recording.yml", *sorted(PROMETHEUS.glob("alerts-*.yml"))]
    ]
    return HEAD.format("deploy/prometheus") + _dump(found)


def write() -> None:
    """Write both files."""
    MADE.write_text(made(), encoding="utf-8")
    RULES.write_text(rules(), encoding="utf-8")


def _known() -> list[Topic]:
    return list(Contracts.load(PROJECT / "schemas").topics.values())


def _topics() -> Iterator[Manifest]:
    for topic in _known():
        spec = {
            "topicName": topic.name,
            "partitions": topic.partitions,
            "replicas": REPLICAS,
            "config": dict(topic.config),
        }
        yield _strimzi("KafkaTopic", topic.name, spec)


def _users() -> Iterator[Manifest]:
    """Yield a user for each service: it writes what it owns, reads what it needs, and no more."""
    for service in SERVICES:
        owned = [topic.name for topic in _known() if topic.owner == service]
        acls = [_may(["Write", "Describe"], "topic", name) for name in owned]
        acls += [_may(["Read", "Describe"], "topic", name) for name in reads(service)]
        acls += [_may(["Read", "Describe"], "group", service)] if reads(service) else []
        acls += [_may(["Describe"], "group", group) for group in watches(service)]
        yield _user(service, acls or [_may(["Describe"], "cluster")])
    looks = [_may(["Describe"], "topic", "*"), _may(["Describe"], "group", "*")]
    makes = [_may(["Create", "Describe", "Alter", "AlterConfigs", "DescribeConfigs"], "topic", "*")]
    yield _user("keda", looks)
    yield _user("prepare", makes)


def _user(name: str, acls: list[Manifest]) -> Manifest:
    authorization = {"type": "simple", "acls": acls}
    spec = {"authentication": {"type": "tls"}, "authorization": authorization}
    return _strimzi("KafkaUser", name, spec)


def reads(service: str) -> list[str]:
    """Name the topics whose messages a service takes, or whose ends it looks at."""
    by_owner = {topic.name: topic.owner for topic in _known()}
    said = [name for name, owner in by_owner.items() if owner == "intake"]
    chronologies = [name for name, owner in by_owner.items() if owner == "chronology"]
    if service in {"chronology", "intake"}:  # the reconciler looks how far chronology is
        return said
    if service in JUDGES:
        return chronologies
    return chronologies + [f"{j}.gaps" for j in JUDGES] if service == "ledger" else []


def watches(service: str) -> tuple[str, ...]:
    """Name the groups of others that a service looks at, to find what got lost on the way."""
    return {"intake": ("chronology",), "ledger": JUDGES}.get(service, ())


def _may(operations: list[str], kind: str, name: str | None = None) -> Manifest:
    resource: Manifest = {"type": kind}
    if name is not None:
        resource |= {"name": name, "patternType": "literal"}
    return {"resource": resource, "operations": operations, "host": "*"}


def _strimzi(kind: str, name: str, spec: Manifest) -> Manifest:
    found = named(kind, "kafka.strimzi.io/v1", name, spec)
    found["metadata"]["labels"]["strimzi.io/cluster"] = "events"
    return found


def _around() -> Iterator[Manifest]:
    """Yield what stands around the processes: preparing, looking, and KEDA's way to the broker."""
    yield _preparing()
    yield named(
        "NetworkPolicy",
        "networking.k8s.io/v1",
        "prepare",
        {
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": "prepare"}},
            "policyTypes": ["Egress"],
            "egress": [{"ports": [{"port": 5432}, {"port": 9093}]}],
        },
    )
    name = {"sourceLabels": [f"__meta_kubernetes_service_label_{NAME_LABEL}"]}
    relabelings = [
        {**name, "targetLabel": "process"},
        {"targetLabel": "job", "replacement": "referral-watch"},
    ]
    endpoint = {"port": "face", "path": "/metrics", "interval": "15s", "relabelings": relabelings}
    yield named(
        "ServiceMonitor",
        MONITORS,
        "referral-watch",
        {"selector": {"matchLabels": processes.PART}, "endpoints": [endpoint]},
    )
    parts = (
        ("ca", "events-cluster-ca-cert", "ca.crt"),
        ("cert", "keda", "user.crt"),
        ("key", "keda", "user.key"),
    )
    refs = [{"parameter": what, "name": secret, "key": key} for what, secret, key in parts]
    yield named("TriggerAuthentication", "keda.sh/v1alpha1", "events", {"secretTargetRef": refs})


def _preparing() -> Manifest:
    """Return the job that comes before every version: migrations first, then services."""
    secrets = [password(role) for role in (OWNER, *SERVICES)]
    environment = {
        "RW_POSTGRES_HOST": "database-rw",
        "RW_KAFKA_BOOTSTRAP": processes.Cluster().bootstrap,
        "RW_KAFKA_TLS": "/run/broker",
        "RW_REPLICAS": str(REPLICAS),
    }
    container = {
        "name": "prepare",
        "image": "referral-watch",
        "args": ["deploy.containers.prepare"],
        "env": [{"name": name, "value": value} for name, value in environment.items()],
        "resources": {
            "requests": {"cpu": "100m", "memory": "192Mi"},
            "limits": {"cpu": "1", "memory": "512Mi"},
        },
        "securityContext": processes.SECURE,
        "volumeMounts": processes.MOUNTS,
    }
    labels = {"app.kubernetes.io/name": "prepare", **processes.PART}
    pod = {
        "restartPolicy": "OnFailure",
        "automountServiceAccountToken": False,
        "securityContext": processes.SECURE_POD,
        "containers": [container],
        "volumes": processes.volumes("prepare", secrets),
    }
    spec = {"backoffLimit": 20, "template": {"metadata": {"labels": labels}, "spec": pod}}
    return named("Job", "batch/v1", "prepare", spec)


class _Plain(yaml.SafeDumper):
    """Writes the same thing twice rather than refer to it."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401 - as yaml has it
        """Say that nothing is referred to."""
        del data
        return True


def _dump(found: Iterable[Manifest]) -> str:
    return yaml.dump_all(found, Dumper=_Plain, sort_keys=False, width=100)
