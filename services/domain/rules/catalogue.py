"""Which rules are there, and which service judges by which?"""

from services.domain.rules import (
    adult_language,
    completeness,
    cumulative_harm,
    equity,
    oversight,
    timeliness,
    training,
)
from services.domain.rules.rule import Rule

CATALOGUE: tuple[Rule, ...] = (
    *timeliness.RULES,
    *completeness.RULES,
    *cumulative_harm.RULES,
    *oversight.RULES,
    *training.RULES,
    *equity.RULES,
    *adult_language.RULES,
)
"""Every rule. A new family adds its RULES here."""

JUDGES = {"training": "oversight"}
"""The service that judges by a family, where its name is not the family's."""

FAMILIES: dict[str, tuple[Rule, ...]] = {
    judge: tuple(rule for rule in CATALOGUE if JUDGES.get(rule.family, rule.family) == judge)
    for judge in dict.fromkeys(JUDGES.get(rule.family, rule.family) for rule in CATALOGUE)
}
"""By the name of the service: every rule that it judges by."""
