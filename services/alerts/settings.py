"""What are alerts told by their environment? The runtime's settings, contacts, and how to mail."""

from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from services.runtime.settings import REPOSITORY
from services.runtime.settings import Settings as Shared


class Settings(Shared):
    """Without `smtp_host` nothing is mailed: ladders climb all the same, and the outbox says so."""

    contacts: Path = REPOSITORY / "schemas" / "contacts.toml"
    """Who is mailed, by agency and step of the ladder."""
    alert_policy: Path | None = None
    """In place of schemas/policy/alerts.toml."""
    alerts_link: str = "http://127.0.0.1:8802/alerts"
    """The queue's address in mails; an alert's id is all that is added."""
    smtp_host: str | None = None
    """The mail server; without one nothing is sent and notices wait."""
    smtp_port: int = 25
    """The port of the mail server."""
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    """How the way there is sealed; `none` on this machine alone."""
    smtp_user: str | None = None
    """Who we are to it."""
    smtp_password: SecretStr | None = None
    """And by which password: best as a secret file."""
    mail_from: str = "referral-watch@localhost"
    """The sender, a mailbox that somebody reads: bounces come back to it."""
