"""What are alerts told by their environment? The runtime's settings, contacts, and how to mail."""

from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from services.runtime.settings import REPOSITORY
from services.runtime.settings import Settings as Shared


class Settings(Shared):
    """Without `smtp_host` nothing is mailed: ladders climb all the same, and the outbox says so."""

    contacts: Path = REPOSITORY / "schemas" / "contacts.toml"
    alert_policy: Path | None = None
    """In place of schemas/policy/alerts.toml."""
    alerts_link: str = "http://127.0.0.1:8802/alerts"
    """The queue's address in mails; an alert's id is all that is added."""
    smtp_host: str | None = None
    smtp_port: int = 25
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: str = "referral-watch@localhost"
