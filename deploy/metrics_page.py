"""Writes docs/metrics.md from the metrics that the code has: `python -m deploy.metrics_page`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from prometheus_client.metrics import MetricWrapperBase

from deploy.embedded.places import PROJECT
from services.runtime import metrics
from services.runtime.distribution import Distribution
from services.runtime.labels import LABELS

PAGE: Final = PROJECT / "docs" / "metrics.md"
SOURCE: Final = Path(metrics.__file__)
HEAD: Final = """# Every metric

MADE by `make catalogue` from `metrics.py` and `labels.py` in `services/runtime`: change those.

Each process answers at `/metrics` ([where](for-the-constabulary.md)). A process counts for itself:
add counters and histograms up over processes; of gauges that several ledgers show alike take the
highest, `max without (instance, process)`. A histogram has the series `_bucket`, `_sum`, `_count`.

## Metrics

| Name | Kind | Labels | What it says |
|---|---|---|---|
"""
LABEL_HEAD: Final = """
## Labels

No label holds a reference, a name or anything else that a person has written.

| Label | Values |
|---|---|
"""


@dataclass(frozen=True, slots=True)
class Described:
    """A metric as the page shows it; `name` is that of its series."""

    name: str
    kind: str
    labels: tuple[str, ...]
    says: str


def described() -> Iterator[Described]:
    """Yield every metric in the order of the code."""
    for found in vars(metrics).values():
        if isinstance(found, MetricWrapperBase):
            yield _wrapped(found)
        if isinstance(found, Distribution):
            yield Described(found.name, "histogram", found.labelnames, found.documentation)


def _wrapped(metric: Any) -> Described:  # noqa: ANN401 - prometheus-client keeps these to itself
    kind = str(metric._type)  # noqa: SLF001
    name = f"{metric._name}_total" if kind == "counter" else str(metric._name)  # noqa: SLF001
    return Described(name, kind, tuple(metric._labelnames), str(metric._documentation))  # noqa: SLF001


def page() -> str:
    """Return the page."""
    rows = [
        f"| `{one.name}` | {one.kind} | {' '.join(f'`{label}`' for label in one.labels) or 'none'} "
        f"| {one.says.removesuffix('.')} |"
        for one in described()
    ]
    labels = [f"| `{name}` | {says} |" for name, says in sorted(LABELS.items())]
    return HEAD + "\n".join(rows) + "\n" + LABEL_HEAD + "\n".join(labels) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
