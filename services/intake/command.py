"""How do intake's commands for operators read refs and log-ins, and say what was done?"""

import argparse
import re
import sys

from services.intake.minted import is_minted


def ref(text: str) -> str:
    """Read a ref that we have made."""
    if not is_minted(text):
        raise argparse.ArgumentTypeError("32 small hexadecimal digits")
    return text


def log_in(text: str) -> str:
    """Read who somebody is."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,63}", text):
        raise argparse.ArgumentTypeError("a log-in: small letters, digits, dots, hyphens")
    return text


def say(sentence: str, code: int) -> int:
    """Say something to who asked, and return the exit status."""
    sys.stdout.write(sentence + "\n")
    return code
