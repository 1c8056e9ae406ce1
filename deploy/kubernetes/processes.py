"""How does each process run in Kubernetes? A deployment, what it may reach, and how it grows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deploy import told
from deploy.containers.compose import dsn
from deploy.embedded.processes import DEFAULT_PORTS, JUDGES, PROCESSES, Process

Manifest = dict[str, Any]
PART: Final = {"app.kubernetes.io/part-of": "referral-watch"}
MONITORING: Final = {"kubernetes.io/metadata.name": "monitoring"}
DOORS: Final = {"kubernetes.io/metadata.name": "ingress"}
USER: Final = 10001
MODE: Final = 0o440
CONSUMERS: Final = ("chronology", *JUDGES, "ledger")
"""Whose group shares the partitions: they grow with what waits."""

MOST: Final = 4
"""More of one group than a topic has partitions (schemas/asyncapi) would stand idle."""

ALONE: Final = ("intake-matcher", "feedback", "feedback-courier", "audit")
"""One is enough, and two would only wait for each other."""

OUTSIDE: Final = {"feedback-courier": (443,), "alerts": (25, 465, 587, 443)}
"""Who reaches beyond the cluster: agencies' receivers, the mail server, the identity provider."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster, as a place where processes run."""

    bootstrap: str = "events-kafka-bootstrap:9093"
    issuer: str = "https://sign-in.referral-watch.example/realms/referral-watch"
    host: str = "0.0.0.0"  # noqa: S104 - its network is the pod's

    def port(self, name: str) -> int:
        """Return the usual port."""
        return DEFAULT_PORTS[name]

    def url(self, name: str) -> str:
        """Return the address that an ingress of yours answers to."""
        return f"https://{name}.referral-watch.example"

    def inside(self, name: str) -> str:
        """Return the service's name and port."""
        return f"http://{name}:{DEFAULT_PORTS[name]}"

    def file(self, name: str) -> str:
        """Return where a secret is mounted."""
        return f"/run/secrets/{name}"


def manifests() -> Iterator[Manifest]:
    """Yield everything that follows from the catalogue of processes."""
    for process in PROCESSES:
        yield _deployment(process)
        yield _service(process)
        yield _budget(process)
        yield _network(process)
        if process.name in CONSUMERS:
            yield _scaling(process)


def named(kind: str, version: str, name: str, spec: Manifest) -> Manifest:
    """Return a manifest of ours; its label says the name as we do, with underscores."""
    metadata = {"name": plain(name), "labels": {"app.kubernetes.io/name": name, **PART}}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def plain(name: str) -> str:
    """Return a name as Kubernetes allows it."""
    return name.replace("_", "-")


def _selected(process: Process) -> Manifest:
    return {"matchLabels": {"app.kubernetes.io/name": process.name}}


def _deployment(process: Process) -> Manifest:
    labels = {"app.kubernetes.io/name": process.name, **PART}
    spec: Manifest = {
        "replicas": 1 if process.name in ALONE else 2,
        "selector": _selected(process),
        "strategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1},
        },
        "template": {"metadata": {"labels": labels}, "spec": _pod(process)},
    }
    if process.name in CONSUMERS:
        del spec["replicas"]  # KEDA's to say
    return named("Deployment", "apps/v1", process.name, spec)


def _pod(process: Process) -> Manifest:
    spread = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": _selected(process),
    }
    return {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 45,
        "securityContext": SECURE_POD,
        "topologySpreadConstraints": [spread],
        "containers": [_container(process)],
        "volumes": volumes(process.role, [dsn(process.role), *told.secrets(process)]),
    }


SECURE_POD: Final = {
    "runAsNonRoot": True,
    "runAsUser": USER,
    "runAsGroup": USER,
    "fsGroup": USER,
    "seccompProfile": {"type": "RuntimeDefault"},
}
SECURE: Final = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
MOUNTS: Final = [
    {"name": "secrets", "mountPath": "/run/secrets", "readOnly": True},
    {"name": "broker", "mountPath": "/run/broker", "readOnly": True},
    {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - the pod's own
]


def _container(process: Process) -> Manifest:
    settings = {**told.told(process, Cluster()), "RW_KAFKA_TLS": "/run/broker"}

    def probe(kind: str, **patience: int) -> Manifest:
        return {
            "httpGet": {"path": f"/health/{kind}", "port": "face"},
            "timeoutSeconds": 5,
            **patience,
        }

    return {
        "name": process.name,
        "image": "referral-watch",
        "args": [process.module],
        "env": [{"name": name, "value": value} for name, value in settings.items()],
        "ports": [{"name": "face", "containerPort": DEFAULT_PORTS[process.name]}],
        "startupProbe": probe("live", periodSeconds=2, failureThreshold=60),
        "readinessProbe": probe("ready", periodSeconds=5, failureThreshold=2),
        "livenessProbe": probe("live", periodSeconds=20, failureThreshold=3),
        "resources": {
            "requests": {"cpu": "100m", "memory": "192Mi"},
            "limits": {"cpu": "1", "memory": "512Mi"},
        },
        "securityContext": SECURE,
        "volumeMounts": MOUNTS,
    }


def volumes(role: str, secrets: Sequence[str]) -> list[Manifest]:
    """Return a pod's volumes: its secrets by their names, its certificate, and room to write."""
    keys = [
        {"key": name, "path": "rw_postgres_dsn" if name.endswith(".dsn") else name}
        for name in secrets
    ]
    authority = {"name": "events-cluster-ca-cert", "items": [_item("ca.crt")]}
    certificate = {"name": plain(role), "items": [_item("user.crt"), _item("user.key")]}
    broker = [{"secret": authority}, {"secret": certificate}]
    held = {"secretName": "referral-watch", "items": keys, "defaultMode": MODE}
    return [
        {"name": "secrets", "secret": held},
        {"name": "broker", "projected": {"sources": broker, "defaultMode": MODE}},
        {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
    ]


def _item(name: str) -> Manifest:
    return {"key": name, "path": name}


def _service(process: Process) -> Manifest:
    port = {"name": "face", "port": DEFAULT_PORTS[process.name], "targetPort": "face"}
    return named(
        "Service",
        "v1",
        process.name,
        {"selector": _selected(process)["matchLabels"], "ports": [port]},
    )


def _budget(process: Process) -> Manifest:
    """Of two, one always runs; what runs alone may be moved."""
    least = {"maxUnavailable": 1} if process.name in ALONE else {"minAvailable": 1}
    return named(
        "PodDisruptionBudget", "policy/v1", process.name, {**least, "selector": _selected(process)}
    )


def _to(label: str, value: str, port: int) -> Manifest:
    """Allow one port of the pods with a label."""
    pods = {"podSelector": {"matchLabels": {label: value}}}
    return {"to": [pods], "ports": [{"port": port}]}


def _network(process: Process) -> Manifest:
    port = {"port": DEFAULT_PORTS[process.name]}
    asked_by = [{"namespaceSelector": {"matchLabels": MONITORING}}]
    if process.serves:
        asked_by.append({"namespaceSelector": {"matchLabels": DOORS}})
    asked_by += [
        {"podSelector": {"matchLabels": {"app.kubernetes.io/name": asker}}}
        for asker, asked in told.ASKS.items()
        if process.name in asked
    ]
    reaches: list[Manifest] = [
        _to("cnpg.io/cluster", "database", 5432),
        _to("strimzi.io/cluster", "events", 9093),
    ]
    reaches += [
        _to("app.kubernetes.io/name", asked, DEFAULT_PORTS[asked])
        for asked in told.ASKS.get(process.name, ())
    ]
    outside = OUTSIDE.get(process.name, (443,) if process.serves else ())
    if outside:
        reaches.append({"ports": [{"port": number} for number in outside]})
    spec = {
        "podSelector": _selected(process),
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": asked_by, "ports": [port]}],
        "egress": reaches,
    }
    return named("NetworkPolicy", "networking.k8s.io/v1", process.name, spec)


def _scaling(process: Process) -> Manifest:
    """Grow with what the group has not acknowledged."""
    trigger = {
        "type": "kafka",
        "metadata": {
            "bootstrapServers": f"events-kafka-bootstrap.referral-watch:{9093}",
            "consumerGroup": process.name,
            "lagThreshold": "1000",
            "offsetResetPolicy": "earliest",
            "tls": "enable",
        },
        "authenticationRef": {"name": "events"},
    }
    spec = {
        "scaleTargetRef": {"name": plain(process.name)},
        "minReplicaCount": 2,
        "maxReplicaCount": MOST,
        "cooldownPeriod": 300,
        "triggers": [trigger],
    }
    return named("ScaledObject", "keda.sh/v1alpha1", process.name, spec)
