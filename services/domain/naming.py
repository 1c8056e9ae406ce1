"""How is what was found of a child named, so that late events and links keep its name?"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Protocol, TypeVar

from services.domain.chronology import Folded
from services.domain.events import Event
from services.domain.gaps import name_of
from services.domain.incidents import Ref


class _Found(Protocol):
    """What is judged or counted by a ref: `more` tells two of one ref apart."""

    @property
    def judged(self) -> Ref: ...
    @property
    def more(self) -> tuple[str, ...]: ...
    @property
    def anchor(self) -> Event: ...


Found = TypeVar("Found", bound=_Found)


def named(
    by: str, found: Iterable[Found], at: Callable[[Found], datetime], folded: Folded
) -> Iterator[tuple[str, Found]]:
    """Name what a rule or a measure found: by the ref judged, and its ordinal from the 2nd.

    Args:
        by: the name of the rule or measure.
        found: what it found.
        at: the moment by which several of one ref are in order.
        folded: the child, by whose first event that carries the ref the record is told.

    """
    together: dict[tuple[Ref, tuple[str, ...]], list[Found]] = {}
    for one in found:
        together.setdefault((one.judged, one.more), []).append(one)
    for (judged, more), same in together.items():
        if len(same) > 1:
            same.sort(key=lambda it: (at(it), it.anchor.order))
        carrying = folded.carrying(*judged)
        for ordinal, one in enumerate(same, start=1):
            record = (carrying[0] if carrying else one.anchor).record_ref or ""
            tail = more if ordinal == 1 else (*more, str(ordinal))
            yield name_of(by, *judged, record, *tail), one
