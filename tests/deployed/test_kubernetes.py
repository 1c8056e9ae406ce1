"""Do Kubernetes' files fit its schemas, the catalogue, and what hardens every process?"""

from typing import Any

import kubernetes_validate
import pytest
import yaml

from deploy import told
from deploy.containers import compose
from deploy.embedded.places import PROJECT
from deploy.embedded.processes import DEFAULT_PORTS, PROCESSES, SERVICES
from deploy.kubernetes import crds, writing
from deploy.kubernetes.processes import ALONE, CONSUMERS, MOST, Cluster, plain
from services.runtime.contracts import Contracts

VERSION = "1.34"
MANIFESTS = [dict(one) for one in crds.manifests()]
BUILT_IN = ("v1", "apps/v1", "batch/v1", "policy/v1", "networking.k8s.io/v1")


def of(kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in MANIFESTS if one["kind"] == kind}


def pods() -> dict[str, dict[str, Any]]:
    made = of("Deployment") | of("Job")
    return {name: one["spec"]["template"]["spec"] for name, one in made.items()}


def test_what_is_made_is_what_catalogue_topics_and_rules_say_now() -> None:
    assert writing.MADE.read_text() == writing.made(), "`make manifests` writes it again"
    assert writing.RULES.read_text() == writing.rules(), "`make manifests` writes it again"


@pytest.mark.parametrize("kind", sorted({one["kind"] for one in MANIFESTS}))
def test_every_built_in_kind_fits_its_schema_strictly(kind: str) -> None:
    for manifest in of(kind).values():
        if manifest["apiVersion"] in BUILT_IN:
            kubernetes_validate.validate(manifest, VERSION, strict=True)


def test_an_operators_definition_finds_what_does_not_fit(tmp_path: Any) -> None:  # noqa: ANN401
    spec = {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]}
    schema = {"type": "object", "properties": {"apiVersion": {}, "kind": {}, "spec": spec}}
    version = {"name": "v1", "schema": {"openAPIV3Schema": schema}}
    names = {"group": "x.example", "names": {"kind": "Thing"}, "versions": [version]}
    definition = {"kind": "CustomResourceDefinition", "spec": names}
    (tmp_path / "thing.yaml").write_text(yaml.safe_dump(definition))
    found = crds.schemas([tmp_path])
    good = {"apiVersion": "x.example/v1", "kind": "Thing", "metadata": {"name": "a"}}
    assert list(crds.faults(found, [good | {"spec": {"size": 1}}])) == []
    assert len(list(crds.faults(found, [good | {"spec": {"size": "1"}}]))) == 1
    assert len(list(crds.faults(found, [good | {"spec": {"size": 1, "sise": 2}}]))) == 1


def test_every_process_runs_there_as_it_does_here() -> None:
    assert of("Deployment").keys() == {plain(process.name) for process in PROCESSES}
    for process in PROCESSES:
        (container,) = pods()[plain(process.name)]["containers"]
        environment = {one["name"]: one["value"] for one in container["env"]}
        assert container["args"] == [process.module]
        assert container["ports"] == [
            {"name": "face", "containerPort": DEFAULT_PORTS[process.name]}
        ]
        assert environment == {**told.told(process, Cluster()), "RW_KAFKA_TLS": "/run/broker"}
        assert environment.keys() - {"RW_KAFKA_TLS"} == told.told(process, compose.Compose()).keys()


def test_every_process_has_a_service_a_budget_a_network_policy_and_three_probes() -> None:
    names = {plain(process.name) for process in PROCESSES}
    assert names <= of("Service").keys()
    assert names <= of("PodDisruptionBudget").keys()
    assert names <= of("NetworkPolicy").keys()
    for name in names:
        (container,) = pods()[name]["containers"]
        assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
        assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
        assert container["startupProbe"]["failureThreshold"] * 2 >= 60


def test_every_pod_is_restricted_and_bounded() -> None:
    for name, pod in pods().items():
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        (container,) = pod["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"].keys() == {"cpu", "memory"}
        assert container["resources"]["requests"].keys() == {"cpu", "memory"}


def test_a_pod_is_given_its_own_secrets_and_its_own_certificate_and_no_others() -> None:
    for process in PROCESSES:
        secrets, broker, _ = pods()[plain(process.name)]["volumes"]
        given = {item["key"] for item in secrets["secret"]["items"]}
        assert given == {compose.dsn(process.role), *told.secrets(process)}
        users = [source["secret"]["name"] for source in broker["projected"]["sources"]]
        assert users == ["events-cluster-ca-cert", plain(process.role)]


def test_nothing_is_allowed_but_what_is_said() -> None:
    nothing = of("NetworkPolicy")["nothing"]["spec"]
    assert nothing == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for process in PROCESSES:
        policy = of("NetworkPolicy")[plain(process.name)]["spec"]
        doors = [one for one in policy["ingress"][0]["from"] if "ingress" in str(one)]
        assert bool(doors) == process.serves
        unbounded = [rule for rule in policy["egress"] if "to" not in rule]
        reaches_out = process.serves or process.name in {"feedback-courier", "alerts"}
        assert bool(unbounded) == reaches_out


def test_topics_are_those_of_the_contract_on_three_nodes() -> None:
    wanted = Contracts.load(PROJECT / "schemas").topics
    found = {one["spec"]["topicName"]: one["spec"] for one in of("KafkaTopic").values()}
    assert found.keys() == wanted.keys()
    for name, topic in wanted.items():
        assert found[name]["partitions"] == topic.partitions
        assert found[name]["config"] == topic.config
        assert found[name]["replicas"] == 3


def test_who_writes_a_topic_is_its_owner_and_nobody_else() -> None:
    writers: dict[str, set[str]] = {}
    for name, user in of("KafkaUser").items():
        for acl in user["spec"]["authorization"]["acls"]:
            if "Write" in acl["operations"]:
                writers.setdefault(acl["resource"]["name"], set()).add(name)
    topics = Contracts.load(PROJECT / "schemas").topics
    assert writers == {name: {plain(topic.owner)} for name, topic in topics.items()}
    assert {plain(service) for service in SERVICES} <= of("KafkaUser").keys()


def test_workers_grow_with_their_lag_up_to_their_partitions_and_others_do_not() -> None:
    scaled = {
        one["spec"]["scaleTargetRef"]["name"]: one["spec"] for one in of("ScaledObject").values()
    }
    assert scaled.keys() == {plain(name) for name in CONSUMERS}
    partitions = {t.partitions for t in Contracts.load(PROJECT / "schemas").topics.values()}
    assert partitions == {MOST}
    for name in CONSUMERS:
        assert scaled[plain(name)]["maxReplicaCount"] == MOST
        (trigger,) = scaled[plain(name)]["triggers"]
        assert trigger["metadata"]["consumerGroup"] == name
    for process in PROCESSES:
        replicas = of("Deployment")[plain(process.name)]["spec"].get("replicas")
        assert replicas == (
            None if process.name in CONSUMERS else 1 if process.name in ALONE else 2
        )


def test_preparing_comes_first_and_knows_every_roles_password() -> None:
    (job,) = of("Job").values()
    secrets = job["spec"]["template"]["spec"]["volumes"][0]["secret"]["items"]
    assert {item["key"] for item in secrets} == {
        compose.password(role) for role in ("postgres", *SERVICES)
    }


def test_the_database_is_backed_up_and_stands_on_three() -> None:
    spec = of("Cluster")["database"]["spec"]
    assert spec["instances"] == 3
    assert spec["backup"]["barmanObjectStore"]["wal"]["encryption"] == "AES256"
    assert of("ScheduledBackup")["nightly"]["spec"]["cluster"] == {"name": "database"}
