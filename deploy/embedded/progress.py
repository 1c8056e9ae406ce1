"""What is being done and how long does it take? One line a step, for the person who waits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from services.runtime import clock

Say = Callable[[str], None]


def aloud(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


def silently(line: str) -> None:
    """Keep quiet: for tests."""
    del line


@contextmanager
def step(say: Say, name: str) -> Iterator[None]:
    """Say that a step is done, and how many seconds it took."""
    started = clock.monotonic()
    yield
    say(f"  {name}: {clock.monotonic() - started:.1f} s")
