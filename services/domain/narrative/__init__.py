"""What does a referral say, in its own words, and what may be known of that outside the vault?

`features` is all that leaves: counts and codes, for the rules. `reading` and `phrases` show the
words that were judged on, to those who may see the text.
"""

from typing import Final

NARRATIVE_VERSION: Final = 2
"""Raised when anything here reads a text otherwise than before; 1 is: no text was read."""
