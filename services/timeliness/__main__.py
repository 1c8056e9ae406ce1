"""Runs the judge: `python -m services.timeliness`."""

from services.timeliness.settings import Settings
from services.timeliness.stream import worker


def main() -> None:
    worker(Settings.load()).main()


if __name__ == "__main__":
    main()
