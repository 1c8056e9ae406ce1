"""Runs the ledger: `python -m services.ledger`."""

from services.ledger.settings import Settings
from services.ledger.stream import worker


def main() -> None:
    worker(Settings.load()).main()


if __name__ == "__main__":
    main()
