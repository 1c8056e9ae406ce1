"""What was this process told by its environment (`RW_…`), and is it complete?"""

import os
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
    """What every service needs to know; a service adds its own fields in its `settings.py`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    postgres_dsn: SecretStr
    postgres_pool_max: int = 8
    kafka_bootstrap: str
    schemas: Path = REPOSITORY / "schemas"
    policy_pack: Path | None = None
    """A local pack of policy, or a folder of them; else schemas/policy/local."""
    status_host: str = "127.0.0.1"
    status_port: int | None = None
    http_host: str = "127.0.0.1"
    http_port: int | None = None
    jwks_file: Path | None = None
    oidc_issuer: str | None = None
    """Where people sign in: the address below which an OpenID provider's discovery document is."""
    oidc_client_id: str = "referral-watch"
    oidc_client_secret_file: Path | None = None
    public_url: str | None = None
    """How browsers reach this service: https, or http on 127.0.0.1, with cookies not Secure."""
    dashboards_url: str | None = None
    responses_url: str | None = None
    """Where browsers find the pages of those services, for links; no slash at the end."""
    session_idle: timedelta = timedelta(minutes=15)
    session_life: timedelta = timedelta(hours=8)
    master_key_file: Path | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @classmethod
    def load(cls) -> Self:
        """Read the environment; every fault at once, naming variables and never their values."""
        folder = Path(os.environ.get("RW_SECRETS", SECRETS))
        try:
            return cls(_secrets_dir=folder if folder.is_dir() else None)
        except ValidationError as error:
            faults = "; ".join(_fault(e["loc"], e["type"]) for e in error.errors())
        raise Misconfigured(f"Cannot start, the environment is not right: {faults}")


def _fault(location: tuple[int | str, ...], kind: str) -> str:
    """Say what is wrong with one variable: its name and the kind of fault."""
    name = PREFIX + "_".join(str(part) for part in location).upper()
    return f"{name} is missing" if kind == "missing" else f"{name} is wrong ({kind})"
