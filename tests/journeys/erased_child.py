"""A child of two agencies who is erased, and where something of them may be left."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

import asyncpg

from deploy.embedded.places import PROJECT
from deploy.embedded.processes import PROCESSES, SERVICES
from deploy.embedded.programs import environment
from deploy.embedded.stack import Stack

NAME = "Quillermine"
NUMBER = "9990081234"
_TABLES = """
SELECT nspname || '.' || quote_ident(relname) FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND nspname = ANY($1::text[])
"""


def event(tag: str, agency: str, kind: str, at: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    child = {
        "local_id": f"{agency}-{tag}", "given_name": "Erasmus", "family_name": NAME + tag,
        "date_of_birth": "2011-07-09", "sex": "M", "nhs_number": NUMBER,
    }  # fmt: skip
    return {
        "specversion": "1.0", "source": f"/{agency}/records", "id": f"{kind}-{tag}",
        "type": kind, "time": at,
        "data": {"child": child, "practitioner": {"ref": f"P-{tag}", "role": "worker"}, **more},
    }  # fmt: skip


def life(tag: str) -> list[dict[str, Any]]:
    """A detention and a referral by the police, received by social care: two records."""
    why = {"why": f"{NAME}{tag} was found at night", "harm": "", "ask": ""}
    made = [
        event(tag, "norfolk-police", "police.child-detained.v1", "2026-02-02T21:00:00Z",
              custody_ref=f"C-{tag}"),
        event(tag, "norfolk-police", "referral.made.v1", "2026-02-02T22:00:00Z",
              referral_ref=f"R-{tag}", triggers=[f"C-{tag}"], sent_to="E10000020",
              urgency="standard", harms=["gang"], reason=why),
        event(tag, "norfolk-csc", "social-care.referral-received.v1", "2026-02-03T09:00:00Z",
              referral_ref=f"R-{tag}", referral_source="4"),
    ]  # fmt: skip
    del made[2]["data"]["practitioner"]
    return made


def erase(stack: Stack, *arguments: str) -> str:
    """Erase as an operator does at the command line."""
    return command(stack, "erase", *arguments)


def command(stack: Stack, name: str, *arguments: str, of: str = "intake") -> str:
    """Do what an operator does at the command line of a service; return what it prints."""
    process = next(one for one in PROCESSES if one.name == of)
    told = environment(process, stack.places, stack.ports, stack.database, stack.broker)
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-m", f"services.{of}.{name}", *arguments],
        cwd=PROJECT, env=os.environ | told, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def holding(dsn: str, marks: Iterable[str]) -> set[str]:
    """The tables, of every schema, of which a row holds one of the marks."""
    connection = await asyncpg.connect(dsn)
    found = set()
    pattern = "|".join(re.escape(mark) for mark in marks)
    coded = "|".join(mark.encode().hex() for mark in marks)
    try:
        for row in await connection.fetch(_TABLES, list(SERVICES)):
            held = f"SELECT EXISTS (SELECT FROM {row[0]} AS t WHERE t::text ~ $1)"  # noqa: S608 - of the catalogue
            if await connection.fetchval(held, f"{pattern}|{coded}"):
                found.add(row[0])
    finally:
        await connection.close()
    return found
