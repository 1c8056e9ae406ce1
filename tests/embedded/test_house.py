import re
import tomllib

from grimp import ImportGraph

from deploy import fences, notices
from deploy.embedded.places import PROJECT
from deploy.embedded.processes import JUDGES, SERVICES
from services.domain.rules.catalogue import FAMILIES

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())
MAKEFILE = (PROJECT / "Makefile").read_text()


def _contract(kind: str) -> dict[str, object]:
    contracts = PYPROJECT["tool"]["importlinter"]["contracts"]
    return next(c for c in contracts if c["type"] == kind)


def test_every_service_folder_is_in_the_catalogue() -> None:
    folders = {p.parent.name for p in (PROJECT / "services").glob("*/__init__.py")}
    assert folders == {*SERVICES, "domain", "runtime"}


def test_every_family_of_rules_has_its_judge_and_every_judge_runs_alike() -> None:
    assert set(JUDGES) == set(FAMILIES)
    bodies = {
        (PROJECT / "services" / judge / "__main__.py").read_text().replace(judge, "")
        for judge in JUDGES
    }
    assert len(bodies) == 1


def test_every_service_is_fenced() -> None:
    fenced = {
        container.removeprefix("services.")
        for contract in PYPROJECT["tool"]["importlinter"]["contracts"]
        if contract["name"].startswith("inside a service")
        for container in contract["containers"]
    }
    assert fenced == set(SERVICES)


def test_the_domains_fence_stops_an_import_that_is_not_on_its_list() -> None:
    graph = ImportGraph()
    for module in ("services.domain", "services.domain.rules", "re", "asyncpg"):
        graph.add_module(module)
    stated = _contract("allowed_imports")
    fence = fences.AllowedImportsContract(name="pure", session_options={}, contract_options=stated)
    graph.add_import(importer="services.domain.rules", imported="re")
    assert fence.check(graph, verbose=False).kept
    graph.add_import(importer="services.domain.rules", imported="asyncpg")
    broken = fence.check(graph, verbose=False)
    assert broken.metadata["found"] == [("services.domain.rules", "asyncpg")]


def test_every_make_target_that_the_readme_names_is_there() -> None:
    named = re.findall(r"\bmake ([a-z]+)\b", (PROJECT / "README.md").read_text())
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE))
    assert {"demo", "test", "up", "down"} <= set(named) <= targets


def test_the_lock_pins_every_package_by_hash_and_names_no_address() -> None:
    lock = (PROJECT / "requirements.lock").read_text()
    pinned = re.split(r"^(?=[a-zA-Z])", lock, flags=re.MULTILINE)[1:]
    assert len(pinned) > 50
    assert all("--hash=sha256:" in each for each in pinned)
    assert "://" not in lock
    assert "index" not in lock


def test_the_notices_name_every_package_that_is_installed_from_the_lock() -> None:
    page = (PROJECT / "THIRD_PARTY_NOTICES.md").read_text()
    missing = [
        name for name, version, _ in notices.packages() if f"| {name} | {version} |" not in page
    ]
    assert not missing
