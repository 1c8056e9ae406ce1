"""How does this judge judge a child?"""

from services.domain.chronology import Chronology
from services.domain.gaps import Gap
from services.domain.judging import judge as judge_family
from services.domain.policy import Policy

FAMILY = "timeliness"


def judge(chronology: Chronology, policy: Policy) -> list[Gap]:
    """Find the gaps of this judge's family of rules."""
    return judge_family(FAMILY, chronology, policy)
