"""Is this identifier one that could have been issued? Answers from its check digit or letter."""

import re
from typing import Final

_NHS: Final = re.compile(r"[0-9]{10}", re.ASCII)
_UPN: Final = re.compile(r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]", re.ASCII)
_LETTERS: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""A UPN's letters by value: I, O and S are never used."""


def nhs_number(stated: str) -> str | None:
    """Return the ten digits where the check digit (modulus 11) holds."""
    digits = re.sub(r"[\s-]", "", stated)
    if not _NHS.fullmatch(digits):
        return None
    weighed = sum(
        int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)
    )
    return digits if (11 - weighed % 11) % 11 == int(digits[9]) else None


def upn(stated: str) -> str | None:
    """Return the UPN in capitals where its check letter holds (DfE rule 1510)."""
    text = stated.strip().upper()
    if not _UPN.fullmatch(text):
        return None
    values = [int(c) if c.isdigit() else _LETTERS.index(c) for c in text[1:]]
    total = sum(value * place for place, value in enumerate(values, start=2))
    return text if _LETTERS[total % 23] == text[0] else None
