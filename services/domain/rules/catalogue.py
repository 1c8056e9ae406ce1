"""Which rules are there, and which family judges by which?"""

from services.domain.rules import timeliness
from services.domain.rules.rule import Rule

CATALOGUE: tuple[Rule, ...] = timeliness.RULES
"""Every rule. A new family adds its RULES here."""

FAMILIES: dict[str, tuple[Rule, ...]] = {
    family: tuple(rule for rule in CATALOGUE if rule.family == family)
    for family in dict.fromkeys(rule.family for rule in CATALOGUE)
}
"""Every family, by the name of the service that judges by it."""
