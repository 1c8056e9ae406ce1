"""How does a mail reach a server, and what does the server's answer mean?"""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

import aiosmtplib

from services.alerts.letters import Letter
from services.alerts.settings import Settings

TIMEOUT: Final = 20.0
_NEVER: Final = range(500, 600)


class Refused(Exception):
    """The server takes no mail for this address, now (`lasting` false) or at all; only its code."""

    def __init__(self, code: int, *, lasting: bool) -> None:
        super().__init__(str(code))
        self.code = str(code)
        self.lasting = lasting


class Away(Exception):
    """The server cannot be reached, or does not take mail from us: not the address's doing."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Mailer:
    """Hands mails to the server that the settings name."""

    settings: Settings

    async def send(self, mail_id: str, recipient: str, letter: Letter, now: datetime) -> None:
        """Send one mail. Raises Refused or Away."""
        told = self.settings
        password = told.smtp_password
        try:
            await aiosmtplib.send(
                message(told.mail_from, mail_id, recipient, letter, now),
                hostname=told.smtp_host,
                port=told.smtp_port,
                username=told.smtp_user,
                password=None if password is None else password.get_secret_value(),
                use_tls=told.smtp_tls == "tls",
                start_tls=told.smtp_tls == "starttls",
                timeout=TIMEOUT,
            )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            code = refused.recipients[0].code
            raise Refused(code, lasting=code in _NEVER) from None
        except aiosmtplib.SMTPDataError as refused:
            raise Refused(refused.code, lasting=refused.code in _NEVER) from None
        except aiosmtplib.SMTPResponseException as refused:
            raise Away(str(refused.code)) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Away(type(error).__name__) from None


def message(
    sender: str, mail_id: str, recipient: str, letter: Letter, now: datetime
) -> EmailMessage:
    """Write a mail as it goes over the wire; sent twice it is known to be one by its Message-ID."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, recipient, letter.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{mail_id}@referral-watch.invalid>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.plain)
    mail.add_alternative(letter.html, subtype="html")
    return mail
