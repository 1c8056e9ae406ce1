"""Run the chronology: `python -m services.chronology`."""

from services.chronology.settings import Settings
from services.chronology.stream import worker


def main() -> None:
    worker(Settings.load()).main()


if __name__ == "__main__":
    main()
