"""Runs the judge: `python -m services.equity`."""

from pathlib import Path

from services.runtime import judging_worker

if __name__ == "__main__":
    judging_worker.main(Path(__file__).parent)
