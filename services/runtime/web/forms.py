"""What makes a form safe, and what is said of one that is not right?"""

from dataclasses import dataclass

from markupsafe import Markup

from services.runtime.csrf import FIELD, masked


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing wrong with a form: the id of its field, and what to do about it."""

    field: str
    message: str

    @property
    def item(self) -> dict[str, str]:
        """As the error summary lists it."""
        return {"text": self.message, "href": f"#{self.field}"}


def csrf_field(token: str | None) -> Markup:
    """Return the hidden field of a form; nothing for who came by a bearer token."""
    if token is None:
        return Markup("")
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, masked(token))
