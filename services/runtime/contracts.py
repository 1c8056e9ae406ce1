"""What may partners and services rely on? Read from schemas/: types, topics, policy."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError
from jsonschema_rs import Registry as Documents

from services.domain import provision
from services.domain.delivery import Delivery
from services.domain.disagreements import Ladder, ladders
from services.domain.measures.reading import Reading
from services.domain.narrative.features import Reader
from services.domain.policy import Policy
from services.domain.registry import Registry
from services.domain.releases.grid import Grid
from services.domain.retention import Schedule
from services.domain.silence import Limits
from services.domain.working_days import Calendar
from services.runtime.faults import Fault, faults_of
from services.runtime.projection import Projector, compile_projector
from services.runtime.topics import Topic, load_topics

__all__ = ["Contracts", "Fault", "Json", "Topic"]

CENSUS_SYSTEM = "cin-census"
"""The source system that knows no practitioner and only days (contract.md 2)."""
CENSUS_TYPES = "social-care."
"""What the census speaks of; the system's name means nothing on other types."""
BASE = "local:///"
ENVELOPE = "envelope.json"
DEFINITIONS = "events/definitions.json"

CodeSets = Mapping[str, Mapping[str, str]]
Json = dict[str, Any] | list[Any] | str | int | float | bool | None


@dataclass(frozen=True)
class Contracts:
    """schemas/, loaded once; `codes` is label by code by set, `lea` ONS area by DfE's number."""

    path: Path
    registry: Registry
    codes: CodeSets
    lea: Mapping[str, str]
    topics: Mapping[str, Topic]
    projectors: Mapping[str, Projector]
    validators: Mapping[str, Draft202012Validator]
    envelope: Draft202012Validator
    pack: Path | None = None

    @classmethod
    def load(cls, path: Path, pack: Path | None = None) -> "Contracts":
        """Read and compile schemas/; raises at once on anything that does not hold together.

        Args:
            path: of schemas/.
            pack: a local pack of policy, or a folder of them; else policy/local.toml or
                policy/local/*.toml, where there are any.

        """
        registry_content = read_toml(path / "agencies.toml")
        codes = load_codes(path / "codes", registry_content)
        schemas = load_schemas(path)
        definitions = schemas[DEFINITIONS]["$defs"]
        documents = Documents([(BASE + name, schema) for name, schema in schemas.items()])
        types = {event_type(name): name for name in schemas if event_type(name)}
        return cls(
            path=path,
            registry=Registry.parse(registry_content),
            codes=codes,
            lea=read_toml(path / "codes" / "local-authority.toml")["lea"],
            topics=load_topics(path / "asyncapi" / "asyncapi.yaml"),
            projectors={
                each: compile_projector(schemas[name], definitions, codes) or _nothing
                for each, name in types.items()
            },
            validators={
                each: _validator(name, schemas[name], documents) for each, name in types.items()
            },
            envelope=_validator(ENVELOPE, schemas[ENVELOPE], documents),
            pack=pack,
        )

    @cached_property
    def types(self) -> frozenset[str]:
        """Every event type with a schema, our own included."""
        return frozenset(self.validators)

    @property
    def max_message_bytes(self) -> int:
        """The largest message that any topic takes: what producers must allow."""
        return max(topic.max_message_bytes for topic in self.topics.values())

    @cached_property
    def schemas(self) -> Mapping[str, Mapping[str, Any]]:
        """envelope.json and events/*.json as they are written, by their path under schemas/."""
        return load_schemas(self.path)

    def policy(self) -> Policy:
        """Read policy/ afresh: numbers and lists, feeds, calendar."""
        folder = self.path / "policy"
        numbers = read_toml(folder / "default.toml")
        phrases = read_toml(folder / "adult-language.toml")
        numbers["lists"] = {**numbers["lists"], **phrases["lists"]}
        calendar = Calendar.parse(read_toml(folder / "bank-holidays.toml"))
        feeds = read_toml(folder / "feeds.toml")
        return Policy.parse(numbers, feeds, self.registry, calendar, self.packs(), self.codes)

    def silence(self) -> Limits:
        """Read policy/silence.toml: when a feed counts as silent."""
        return Limits.parse(read_toml(self.path / "policy" / "silence.toml"))

    def reading(self) -> Reading:
        """Read policy/measures.toml: targets, and by which numbers figures are read."""
        return Reading.parse(read_toml(self.path / "policy" / "measures.toml"))

    def directory(self) -> provision.Limits:
        """Read policy/directory.toml: by which numbers the directory tells."""
        return provision.Limits.parse(read_toml(self.path / "policy" / "directory.toml"))

    def grid(self) -> Grid:
        """Read policy/releases.toml: what may be published of measures."""
        return Grid.parse(read_toml(self.path / "policy" / "releases.toml"))

    def delivery(self) -> Delivery:
        """Read policy/feedback.toml: how agencies are told."""
        return Delivery.parse(read_toml(self.path / "policy" / "feedback.toml"))

    def drafts(self) -> dict[str, Any]:
        """Read policy/drafts.toml afresh: how long what is not sent is kept."""
        return read_toml(self.path / "policy" / "drafts.toml")

    def disagreements(self) -> tuple[Ladder, ...]:
        """Read policy/disagreement.toml: by which stages a disagreement is settled."""
        return ladders(read_toml(self.path / "policy" / "disagreement.toml"))

    @cached_property
    def retention(self) -> Schedule:
        """policy/retention.toml as it is when first asked for: how long what is held is kept."""
        return Schedule.parse(read_toml(self.path / "policy" / "retention.toml"))

    def matching(self) -> dict[str, Any]:
        """Read policy/matching.toml afresh: by what two records are taken for one child."""
        return read_toml(self.path / "policy" / "matching.toml")

    def packs(self) -> dict[str, dict[str, Any]]:
        """Read the local packs of policy afresh, by name; none is what an installation starts with.

        Raises:
            FileNotFoundError: the pack that the environment names is not there.

        """
        named = self.pack or self.path / "policy" / "local"
        if self.pack is not None and not named.exists():
            raise FileNotFoundError(f"no policy pack at {named}")
        files = sorted(named.glob("*.toml")) if named.is_dir() else [named.with_suffix(".toml")]
        return {file.stem: read_toml(file) for file in files if file.exists()}

    @cached_property
    def reader(self) -> Reader:
        """What reads referrals' words, by the lists of policy/ as they are when first asked for."""
        phrases = read_toml(self.path / "policy" / "adult-language.toml")
        elements = frozenset(self.codes["information-element"])
        return Reader(self.policy(), elements, phrases["alternatives"])

    @cached_property
    def first_day(self) -> date:
        """The first day that deadlines can be counted from: the calendar's."""
        return self.policy().calendar.first

    def validate_envelope(self, event: Json) -> list[Fault]:
        """Every fault of a CloudEvent around its data; a type without a schema is one."""
        faults = faults_of(self.envelope.iter_errors(event))
        stated = event.get("type") if isinstance(event, dict) else None
        if isinstance(stated, str) and stated not in self.types:
            faults = sorted([*faults, _unknown_type()])
        return faults

    def validate(self, stated: str, data: Json, source_system: str | None = None) -> list[Fault]:
        """Every fault of the data of a type; the census need not name a practitioner."""
        validator = self.validators.get(stated)
        if validator is None:
            return [_unknown_type()]
        errors = validator.iter_errors(data)
        if of_census(stated, source_system):
            return faults_of([error for error in errors if not _no_practitioner(error)], "/data")
        return faults_of(errors, "/data")


def of_census(stated: str, source_system: str | None) -> bool:
    """Whether an event of a type is the census's, by the system that it comes from."""
    return source_system == CENSUS_SYSTEM and stated.startswith(CENSUS_TYPES)


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def load_schemas(path: Path) -> dict[str, dict[str, Any]]:
    """Read envelope.json and events/*.json, by their path under schemas/."""
    files = [path / ENVELOPE, *sorted((path / "events").glob("*.json"))]
    return {
        file.relative_to(path).as_posix(): json.loads(file.read_text(encoding="utf-8"))
        for file in files
    }


def load_codes(path: Path, registry: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Read codes/*.toml, by set; the set `agency` is the registry's agencies and kinds."""
    sets: dict[str, dict[str, str]] = {
        file.stem: read_toml(file)["codes"] for file in sorted(path.glob("*.toml"))
    }
    sets["agency"] = {kind: kind for kind in registry["kinds"]} | {
        name: agency["name"] for name, agency in registry["agencies"].items()
    }
    return sets


def event_type(name: str) -> str:
    """Return the event type of a schema's path, blank where it is the schema of none."""
    shared = name in {ENVELOPE, DEFINITIONS}
    return "" if shared else name.removeprefix("events/").removesuffix(".json")


def _validator(name: str, schema: dict[str, Any], documents: Documents) -> Draft202012Validator:
    return Draft202012Validator(
        schema,
        validate_formats=True,
        ignore_unknown_formats=False,
        registry=documents,
        base_uri=BASE + name,
        offline=True,
    )


def _no_practitioner(error: ValidationError) -> bool:
    return (
        error.kind.name == "required"
        and not error.instance_path
        and error.kind.as_dict()["property"] == "practitioner"
    )


def _unknown_type() -> Fault:
    return Fault("/type", "unknown-type", "This type of event is not known.")


def _nothing(_: object) -> dict[str, Any]:
    return {}
