"""How patiently is an agency called that does not answer, and when is that given up?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Delivery:
    """The numbers of policy by which agencies are told (schemas/policy/feedback.toml)."""

    settle: timedelta
    timeout: timedelta
    first_pause: timedelta
    longest_pause: timedelta
    jitter: float
    tries: int
    secret_overlap: timedelta
    webhooks: int

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> "Delivery":
        """Read feedback.toml; ValueError names every number that is missing or out of sense."""
        numbers = content.get("numbers", {})
        stated = {name: numbers.get(name, {}).get("value") for name in _SENSE}
        faults = [
            f"/numbers/{name}"
            for name, (least, most) in _SENSE.items()
            if type(stated[name]) is not int
            or not least <= stated[name] <= most
            or not numbers[name].get("source")
        ]
        if faults:
            raise ValueError("feedback.toml: " + "; ".join(faults))
        return cls(
            settle=timedelta(seconds=stated["settle"]),
            timeout=timedelta(seconds=stated["timeout"]),
            first_pause=timedelta(seconds=stated["first_pause"]),
            longest_pause=timedelta(seconds=stated["longest_pause"]),
            jitter=stated["jitter"] / 100,
            tries=stated["tries"],
            secret_overlap=timedelta(hours=stated["secret_overlap"]),
            webhooks=stated["webhooks"],
        )

    def pause(self, tries: int, chance: float) -> timedelta | None:
        """How long to wait after the nth call in vain; None: that was the last one.

        Twice as long each time, up to the longest, and up to `jitter` of it longer by `chance`
        (from 0 to 1).
        """
        if tries >= self.tries:
            return None
        plain: timedelta = min(self.first_pause * 2 ** (tries - 1), self.longest_pause)
        return plain * (1 + self.jitter * chance)


_SENSE: Final[Mapping[str, tuple[int, int]]] = {
    "settle": (0, 3_600),
    "timeout": (1, 30),
    "first_pause": (1, 3_600),
    "longest_pause": (1, 86_400),
    "jitter": (0, 100),
    "tries": (1, 100),
    "secret_overlap": (0, 720),
    "webhooks": (1, 1_000),
}
