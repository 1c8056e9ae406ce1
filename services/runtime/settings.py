"""What was this process told by its environment (`RW_…`), and is it complete?"""

import os
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parents[2]
PREFIX = "RW_"
SECRETS: Final = Path("/run/secrets")
"""Where containers find secrets: a file named as a variable (`rw_postgres_dsn`) is its value."""


class Misconfigured(SystemExit):
    """The environment is incomplete or wrong; ends the process with one line for its operator."""


class Settings(BaseSettings):
    """What every service needs to know; a service adds its own fields in its `settings.py`.

    The words below a field are its documentation: docs/settings.md is made from them.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    postgres_dsn: SecretStr
    """The way into the database: `postgresql://role:password@host:port/database`."""
    postgres_pool_max: int = 8
    """How many connections a pool may have; all pools together stay below the server's most."""
    kafka_bootstrap: str
    """Where clients of the broker begin: `host:port`, several by comma."""
    kafka_tls: Path | None = None
    """A folder of ca.crt, user.crt, user.key: the broker is reached by TLS, and knows us by it."""
    schemas: Path = REPOSITORY / "schemas"
    """The folder of schemas, codes, policy and the registry of agencies."""
    policy_pack: Path | None = None
    """A local pack of policy, or a folder of them; else schemas/policy/local."""
    status_host: str = "127.0.0.1"
    """The address on which a process without pages shows its metrics and health."""
    status_port: int | None = None
    """The port for that; without one it shows nothing."""
    http_host: str = "127.0.0.1"
    """The address on which a process that serves listens."""
    http_port: int | None = None
    """The port for that; metrics and health are there, too."""
    jwks_file: Path | None = None
    """The public keys by which tokens are known (JWKS); read again whenever it changes."""
    oidc_issuer: str | None = None
    """Where people sign in: the address below which an OpenID provider's discovery document is."""
    oidc_client_id: str = "referral-watch"
    """What we are called there."""
    oidc_client_secret_file: Path | None = None
    """The file of the secret that we show there."""
    public_url: str | None = None
    """How browsers reach this service: https, or http on 127.0.0.1, with cookies not Secure."""
    dashboards_url: str | None = None
    """Where browsers find the pages of the dashboards, for links; no slash at the end."""
    responses_url: str | None = None
    """Where browsers find the pages of responses, for links; no slash at the end."""
    session_idle: timedelta = timedelta(minutes=15)
    """After how long without a request a person is signed out."""
    session_life: timedelta = timedelta(hours=8)
    """After how long in any case."""
    master_key_file: Path | None = None
    """The keys that wrap the vault's: one a line, 32 bytes in base64; the first wraps anew."""
    otlp_endpoint: str | None = None
    """Where traces go (OTLP over HTTP, without `/v1/traces`); without it nothing is traced."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """What is worth a line in the log."""

    @classmethod
    def load(cls, *needed: str) -> Self:
        """Read the environment; `needed` are optional fields that this process cannot do without.

        Raises Misconfigured with every fault at once, naming variables and never their values.
        """
        folder = Path(os.environ.get("RW_SECRETS", SECRETS))
        faults = [*_missing(needed, folder), *_unreadable(cls.model_fields)]
        try:
            settings = cls(_secrets_dir=folder if folder.is_dir() else None)
        except ValidationError as error:
            faults = [*(_fault(e["loc"], e["type"]) for e in error.errors()), *faults]
        else:
            if not faults:
                return settings
        raise Misconfigured(f"Cannot start, the environment is not right: {'; '.join(faults)}")


def variable(field: str) -> str:
    """Return the variable that a field is read from."""
    return PREFIX + field.upper()


def _missing(needed: Iterable[str], secrets: Path) -> list[str]:
    """Say which of the needed are neither in the environment nor among the secrets."""
    return [
        f"{variable(field)} is missing"
        for field in needed
        if not os.environ.get(variable(field)) and not (secrets / variable(field).lower()).is_file()
    ]


def _unreadable(fields: Iterable[str]) -> list[str]:
    """Say which variables name a file that cannot be read."""
    told = {variable(field): os.environ.get(variable(field)) for field in fields}
    return [
        f"{name} names no file that can be read"
        for name, place in told.items()
        if place and name.endswith("_FILE") and not os.access(place, os.R_OK)
    ]


def _fault(location: tuple[int | str, ...], kind: str) -> str:
    """Say what is wrong with one variable: its name and the kind of fault."""
    name = variable("_".join(str(part) for part in location))
    return f"{name} is missing" if kind == "missing" else f"{name} is wrong ({kind})"
