"""How are durations spread over the last weeks, when they are worked out anew each time?

prometheus-client's own histogram only grows, and begins anew with its process. This one shows what
was found last, so that a late event, a retraction or a restart leaves nothing wrong behind; ask it
with `histogram_quantile` and without `rate`.
"""

from collections.abc import Iterable, Mapping, Sequence

from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import REGISTRY, Collector, CollectorRegistry

Buckets = Mapping[int, int]
"""How many there are by the bucket's number: 0 is below the first bound."""


class Distribution(Collector):
    """A histogram that is set as a whole. A count of 1 to `least` is shown as `least`."""

    def __init__(  # noqa: PLR0913 - as prometheus-client's own metrics are made
        self,
        name: str,
        documentation: str,
        labelnames: Sequence[str],
        *,
        buckets: Sequence[float],
        least: int = 1,
        registry: CollectorRegistry = REGISTRY,
    ) -> None:
        self.name, self.documentation, self.labelnames = name, documentation, tuple(labelnames)
        self.bounds = tuple(buckets)
        self._least = least
        self._found: dict[tuple[str, ...], Buckets] = {}
        registry.register(self)

    def show(self, found: Mapping[tuple[str, ...], Buckets]) -> None:
        """Show these buckets by labels, and no others any more."""
        self._found = dict(found)

    def collect(self) -> Iterable[HistogramMetricFamily]:
        """Return what was found last."""
        family = HistogramMetricFamily(self.name, self.documentation, labels=self.labelnames)
        for labels, buckets in self._found.items():
            shown = [self._shown(buckets.get(n, 0)) for n in range(len(self.bounds) + 1)]
            family.add_metric(labels, self._cumulative(shown), self._sum(shown))
        return [family]

    def _shown(self, count: int) -> int:
        return max(count, self._least) if count else 0

    def _cumulative(self, shown: Sequence[int]) -> list[tuple[str, float]]:
        ends = [*(str(bound) for bound in self.bounds), "+Inf"]
        return [(end, float(sum(shown[: n + 1]))) for n, end in enumerate(ends)]

    def _sum(self, shown: Sequence[int]) -> float:
        """Return about the sum: each bucket by its middle, so that no single duration is told."""
        starts = (0.0, *self.bounds)
        ends = (*self.bounds, self.bounds[-1])
        return sum(n * (start + end) / 2 for n, start, end in zip(shown, starts, ends, strict=True))
