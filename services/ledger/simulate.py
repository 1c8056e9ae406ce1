"""What would another policy find? `python -m services.ledger.simulate --policy … --from … --to …`.

All history is judged by the policy in schemas/policy and by the same with what FILE states in place
of its own; the difference by rule, agency and month goes to the terminal, to OUT.csv and OUT.json.
Nothing is written to the database. Stopped (SIGINT, SIGTERM) it goes on, the next time, from
OUT.partial.json.
"""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from services.domain.policy import Policy
from services.ledger import comparison, crew, findings, history
from services.ledger.comparison import Difference, Span
from services.ledger.crew import Crew, Progress, Stopped, say, stop_on_signals, told
from services.ledger.findings import Checkpoint
from services.ledger.history import Chunk
from services.ledger.proposal import proposed
from services.ledger.rebuild import basis
from services.ledger.settings import Settings
from services.runtime import clock, log
from services.runtime.contracts import Contracts


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: between which days, the policy in force or the other, and where to answer."""

    span: Span
    policies: tuple[Policy, Policy]
    judges: Sequence[str]
    out: Path
    workers: int = field(default_factory=crew.cores)

    @property
    def basis(self) -> str:
        """What an answer is worth: the same question goes on where it was stopped."""
        now, then = (basis(policy, self.judges) for policy in self.policies)
        return f"{now}/{then}/{self.span.first}/{self.span.last}"


def main() -> None:
    """Simulate; ends with 0 when all is compared, else with one sentence."""
    parser = argparse.ArgumentParser(prog="python -m services.ledger.simulate", description=__doc__)
    parser.add_argument("--policy", type=Path, required=True, help="a TOML file of policy")
    parser.add_argument(
        "--from", type=date.fromisoformat, required=True, help="London day", dest="first"
    )
    parser.add_argument(
        "--to", type=date.fromisoformat, required=True, help="the last day", dest="last"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("simulation"), help="where to (simulation)"
    )
    parser.add_argument("--workers", type=int, default=crew.cores(), help="processes (the cores)")
    chosen = parser.parse_args()
    settings = Settings.load()
    log.configure("ledger-simulate", settings.log_level)
    contracts = Contracts.load(settings.schemas, settings.policy_pack)
    policies = (contracts.policy(), proposed(contracts, chosen.policy))
    asyncio.run(simulate(settings, Question(
        Span(chosen.first, chosen.last), policies, sorted(settings.judges), chosen.out,
        chosen.workers,
    )))  # fmt: skip


async def simulate(settings: Settings, question: Question) -> Difference:
    """Compare the two policies on all history; writes nothing but its files.

    Raises:
        Stopped: by a signal.

    """
    checkpoint = Checkpoint.at(findings.beside(question.out, ".partial.json"), question.basis)
    if checkpoint is None:
        checkpoint = Checkpoint(question.basis, await _plan(settings))
    else:
        say("Going on where an earlier simulation was stopped.")
    with stop_on_signals() as stopping:
        await _compare_all(settings, question, checkpoint, stopping)
        if stopping.is_set():
            raise Stopped("Stopped; the same command goes on from here.")
    findings.write(question.out, question.span, question.policies, checkpoint.found)
    say(findings.table(checkpoint.found))
    findings.beside(question.out, ".partial.json").unlink(missing_ok=True)
    return checkpoint.found


async def _plan(settings: Settings) -> list[Chunk]:
    pool = await history.open_pool(settings, read_only=True)
    async with pool, pool.acquire() as connection:
        return await history.chunks(connection, settings.rebuild_chunk_events)


async def _compare_all(
    settings: Settings, question: Question, checkpoint: Checkpoint, stopping: asyncio.Event
) -> None:
    """Compare every chunk that is not done yet, noting each second what is."""
    progress = Progress("simulate", checkpoint.children, checkpoint.events)
    progress.resume(checkpoint.found.children, checkpoint.found.events)
    file = findings.beside(question.out, ".partial.json")
    noted = clock.monotonic()
    setup = (settings, question.policies, question.judges, question.span)
    async with Crew(question.workers, comparison.prepare, *setup) as hands, told(progress):
        async for chunk, found in hands.work(comparison.do, checkpoint.left, stopping):
            progress.add(found)
            checkpoint.done(chunk, found)
            if clock.monotonic() - noted > crew.EVERY_SECONDS:
                noted = clock.monotonic()
                checkpoint.note(file)
    checkpoint.note(file)


if __name__ == "__main__":
    main()
