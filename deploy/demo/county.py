"""How large is the invented county, what happens in it, and how often does it fail a child?"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import MappingProxyType

from deploy.demo.office_days import at_london, london_day

# DfE, children in need, referrals by source, Norfolk 2024 (table C5): 6,260 in all.
RECEIVED = MappingProxyType(
    {
        "police": 1753,
        "schools": 1308,
        "education-services": 6,
        "health": 766,
        "own-services": 1045,
        "individual": 514,
        "housing": 145,
        "other-legal": 561,
        "other": 42,
        "anonymous": 62,
        "unknown": 58,
    }
)

# What happens, and how often a year at scale 1: (pathway, what came of it, how many).
# "referred" chapters of an agency and its "plain" referrals together are its line of RECEIVED.
CHAPTERS = (
    ("custody", "referred", 230),
    ("custody", "no-referral", 120),
    ("custody", "nothing", 60),
    ("suspect-interview", "referred", 150),
    ("suspect-interview", "no-referral", 60),
    ("suspect-interview", "nothing", 60),
    ("witness-interview", "nothing", 200),
    ("exposure", "referred", 1000),
    ("exposure", "no-referral", 150),
    ("exposure", "nothing", 700),
    ("missing", "referred", 150),
    ("missing", "nothing", 450),
    ("search", "nothing", 450),
    ("police-plain", "referred", 223),
    ("school-concern", "referred", 400),
    ("school-concern", "nothing", 350),
    ("school-plain", "referred", 908),
    ("education-plain", "referred", 6),
    ("health-concern", "referred", 120),
    ("health-concern", "nothing", 120),
    ("health-plain", "referred", 646),
    ("voluntary-concern", "referred", 20),
    ("voluntary-concern", "nothing", 80),
    ("voluntary-plain", "referred", 22),
    ("own-services", "referred", 1045),
    ("individual", "referred", 514),
    ("housing", "referred", 145),
    ("other-legal", "referred", 561),
    ("anonymous", "referred", 62),
    ("unknown", "referred", 58),
    ("unlinked-concern", "nothing", 60),
)

# How often each thing is done badly. What follows from a slip by chance (a third incident within
# 90 days that nobody put together, say) is reckoned by failings.py from the year as it came out.
RATES = MappingProxyType(
    {
        "late-referral": 0.12,
        "late-no-referral": 0.15,
        "late-decision": 0.08,
        "no-decision": 0.01,
        "late-telling": 0.15,
        "no-telling": 0.07,
        "late-assessment": 0.13,
        "no-assessment": 0.04,
        "late-conference": 0.13,
        "no-conference": 0.05,
        "late-support": 0.30,
        "no-support": 0.10,
        "missing-information": 0.30,
        "unclear-reason": 0.14,
        "child-not-heard": 0.28,
        "adult-language": 0.05,
        "mended-when-asked": 0.30,
        "late-review": 0.07,
        "no-review": 0.05,
        "self-review": 0.03,
        "returned": 0.07,
        "no-adult-in-custody": 0.10,
        "no-adult-at-interview": 0.04,
        "violence-not-safeguarding": 0.20,
        "previous-incidents-considered": 0.35,
        "screened": 0.60,
        "never-trained": 0.05,
        "trained-late": 0.05,
        "lapsed": 0.06,
        "withdrawn-early": 0.010,
        "withdrawn-after-decision": 0.006,
        "corrected-decision": 0.004,
        "wrong-child": 0.006,
        "retraction-taken-back": 0.002,
        "late-arrival": 0.02,
    }
)

CONSONANTS = (
    "bcdfghjkmnpqrstvwxz"  # no vowel and no digit: a ref can hold no name and no birth date
)


def coded(number: int, width: int = 1) -> str:
    """Return a number in letters that can spell no name, at least `width` long."""
    letters = ""
    while number or len(letters) < width:
        number, digit = divmod(number, len(CONSONANTS))
        letters = CONSONANTS[digit] + letters
    return letters


@dataclass(frozen=True, slots=True)
class County:
    """A county's year: the same seed, scale and end give the same events, byte by byte."""

    seed: int
    scale: float
    until: datetime  # nothing that is said happened at or after it

    @classmethod
    def before(cls, now: datetime, *, seed: int = 1, scale: float = 1.0) -> "County":
        """Return the county whose year ends at the last London midnight before `now`."""
        return cls(seed=seed, scale=scale, until=at_london(london_day(now), 0).astimezone(UTC))

    @property
    def since(self) -> datetime:
        """The first moment of the year."""
        return self.until - timedelta(days=365)

    @property
    def tag(self) -> str:
        """A word that sets this county's ids and refs apart from another's."""
        content = f"{self.seed}/{self.scale}/{self.until.isoformat()}".encode()
        return coded(int.from_bytes(sha256(content).digest()[:4], "big"))

    def scaled(self, count: int) -> int:
        """Return how many of a yearly count there are in a county of this scale."""
        return round(count * self.scale)
