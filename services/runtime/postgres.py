"""How do we reach Postgres, what do we do while it is away, and is our schema up to date?"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeVar

import asyncpg
from asyncpg.connect_utils import SessionAttribute

from services.runtime import log, metrics, migration
from services.runtime.settings import Settings

T = TypeVar("T")
Pause = Callable[[float], Awaitable[None]]
_log = log.get(__name__)
_pools: "set[asyncpg.Pool[asyncpg.Record]]" = set()

NOT_NOW: Final[tuple[type[Exception], ...]] = (
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,  # too many connections, out of memory, disk full
    asyncpg.TransactionRollbackError,  # deadlock, serialisation
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,  # statement_timeout
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.IdleSessionTimeoutError,
    asyncpg.InternalClientError,  # what a server killed in the middle of an answer looks like
    asyncpg.ReadOnlySQLTransactionError,  # after a failover; _is_primary drops it
    asyncpg.TargetServerAttributeNotMatched,  # during one: nobody takes writes yet
    asyncpg.InvalidAuthorizationSpecificationError,  # while a password is changed on both sides
    OSError,
    TimeoutError,
)


def is_not_now(error: BaseException) -> bool:
    """Say whether the same call may succeed later.

    asyncpg says "connection is closed" with the class it also uses for a caller's mistakes, so
    that one case is told by its text.
    """
    if isinstance(error, NOT_NOW):
        return True
    return type(error) is asyncpg.InterfaceError and "clos" in str(error)


async def patiently(
    call: Callable[[], Awaitable[T]],
    *,
    also: tuple[type[Exception], ...] = (),
    waiting: Callable[[Exception], None] | None = None,
    pause: Pause = asyncio.sleep,
) -> T:
    """Call until the answer is no longer "not now": pauses of 0.1 s, doubling to 5 s, for ever.

    `also` names more exceptions that mean "not now"; `waiting` is told before each pause.
    """
    seconds = 0.1
    while True:
        try:
            return await call()
        except Exception as error:
            if not (isinstance(error, also) or is_not_now(error)):
                raise
            reason = getattr(error, "reason", None)
            _log.warning("not now, waiting", error=error, reason=reason, seconds=seconds)
            if waiting is not None:
                waiting(error)
        await pause(seconds)
        seconds = min(seconds * 2, 5.0)


async def create_pool(
    settings: Settings, role: str | None = None
) -> "asyncpg.Pool[asyncpg.Record]":
    """Open a pool; waits for a database that is away or does not yet know our password.

    Take connections with `pool.acquire()`; a statement may take 5 s, a lock 2 s. With `role` they
    have that role's rights and not our own: a reader's, for `asking`.
    """
    pool = await patiently(lambda: _open_pool(settings, {} if role is None else {"role": role}))
    _pools.add(pool)
    return pool


def measure_pools(service: str) -> None:
    """Show how the pools of this process are used: asked whenever somebody looks."""

    def of(count: Callable[["asyncpg.Pool[asyncpg.Record]"], int]) -> Callable[[], float]:
        return lambda: float(sum(count(pool) for pool in _pools))

    for state, count in (
        ("used", of(lambda pool: pool.get_size() - pool.get_idle_size())),
        ("idle", of(lambda pool: pool.get_idle_size())),
        ("most", of(lambda pool: pool.get_max_size())),
    ):
        metrics.POOL.labels(service, state).set_function(count)


async def _open_pool(settings: Settings, more: dict[str, str]) -> "asyncpg.Pool[asyncpg.Record]":
    return await asyncpg.create_pool(
        settings.postgres_dsn.get_secret_value(),
        min_size=1,
        max_size=settings.postgres_pool_max,
        timeout=3,
        command_timeout=6,
        max_inactive_connection_lifetime=60,
        target_session_attrs=SessionAttribute.read_write,
        setup=_is_primary,
        server_settings={
            "statement_timeout": "5000",
            "lock_timeout": "2000",
            "idle_in_transaction_session_timeout": "10000",
            "timezone": "UTC",
            **more,
        },
    )


async def _is_primary(connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]") -> None:
    """Drop a connection whose server has told us that it no longer takes writes."""
    if getattr(connection.get_settings(), "in_hot_standby", "off") == "on":
        raise asyncpg.ReadOnlySQLTransactionError("no longer the primary")


async def answers(pool: "asyncpg.Pool[asyncpg.Record]") -> bool:
    """Say whether the database answers: the readiness check `database`."""
    return bool(await pool.fetchval("select true"))


async def migrate(dsn: str, folder: Path) -> list[str]:
    """Bring the schema of the role in `dsn` up to date: runtime's files, then the folder's.

    `folder` is `services/<name>/migrations`. Returns the names applied; running it again does
    nothing. Waits for a database that is away.
    """
    connection = await patiently(lambda: asyncpg.connect(dsn, timeout=5))
    try:
        return await migration.apply(connection, folder)
    finally:
        await connection.close()


async def migrated(pool: "asyncpg.Pool[asyncpg.Record]", folder: Path) -> bool:
    """Say whether the schema is up to date: the readiness check `migrations`."""
    return await migration.is_current(pool, folder)


def checks(
    pool: "Callable[[], asyncpg.Pool[asyncpg.Record]]", folder: Path
) -> dict[str, Callable[[], Awaitable[bool]]]:
    """Return the readiness checks `database` and `migrations` of a pool, there once it is open."""

    async def database() -> bool:
        return await answers(pool())

    async def migrations() -> bool:
        return await migrated(pool(), folder)

    return {"database": database, "migrations": migrations}
