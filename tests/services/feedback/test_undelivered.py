"""The operator sees what webhooks did not take, and has it tried again."""

import os
import subprocess
import sys

from tests.gaps import gap
from tests.services.conftest import Dsn
from tests.services.feedback.conftest import NOW, ROOT, Told


def command(dsn: Dsn, *arguments: str) -> subprocess.CompletedProcess[str]:
    told = {"RW_POSTGRES_DSN": dsn("feedback"), "RW_KAFKA_BOOTSTRAP": "127.0.0.1:9"}
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "services.feedback.undelivered", *arguments],
        cwd=ROOT,
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=False,
    )


async def test_what_is_undelivered_is_listed_without_its_address_and_tried_again(
    told: Told, dsn: Dsn
) -> None:
    nothing = command(dsn, "--list")
    assert (nothing.returncode, nothing.stdout) == (0, "Nothing is undelivered.\n")
    await told.believed(gap(1), gap(2))
    await told.feedback.execute(
        """INSERT INTO webhook (webhook_id, agency, url, secret, created_at, after, next_at)
           VALUES ('hook-1', 'norfolk-police', 'https://receiver.example', '', $1, 9, $1)""",
        NOW,
    )
    await told.feedback.execute(
        """INSERT INTO undelivered (webhook_id, seq, tries, outcome, died_at)
           SELECT 'hook-1', seq, 14, 'http-500', $1 FROM entry WHERE agency = 'norfolk-police'""",
        NOW,
    )
    listed = command(dsn, "--list").stdout
    assert listed == "hook-1\tnorfolk-police\t2\thttp-500\t2026-03-10T09:00:00+00:00\n"
    unknown = command(dsn, "--webhook", "hook-2")
    assert (unknown.returncode, unknown.stdout) == (1, "0 will be tried once more.\n")
    assert command(dsn, "--webhook", "hook-1").stdout == "2 will be tried once more.\n"
    again = "SELECT count(*) FROM undelivered WHERE again_at IS NOT NULL"
    assert await told.feedback.fetchval(again) == 2
    assert command(dsn, "--all").stdout == "2 will be tried once more.\n"
