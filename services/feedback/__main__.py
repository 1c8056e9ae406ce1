"""Runs the feed: `python -m services.feedback`."""

from services.feedback.settings import Settings
from services.feedback.stream import worker


def main() -> None:
    worker(Settings.load()).main()


if __name__ == "__main__":
    main()
