"""By which labels may a metric be told apart? Each is a bounded list of codes, no name."""

from collections.abc import Mapping
from typing import Final

LABELS: Final[Mapping[str, str]] = {
    "age_band": "the child's: `under-10`, `10-to-13`, `14-to-15`, `16-to-17`, `unknown`",
    "agency": "an id of `schemas/agencies.toml`, or `unknown`",
    "chain": "a schema of the database that keeps an audit",
    "change": "what became: `begun`, `ended`; of identity `linked`, `unlinked`",
    "code": "a code of a warning, as the schemas list them",
    "due": "`overdue`, `within-7-days`, `within-14-days`, `later`",
    "judge": "a family of rules",
    "kind": "`gap`, or `query` for a person to look at",
    "measure": "a measure's name: docs/measures.md",
    "method": "of HTTP; anything unusual is `OTHER`",
    "open_for": "`under-1-day`, `under-7-days`, `under-28-days`, `longer`",
    "outcome": "how a call or a mail went, as a code",
    "python": "the version of Python",
    "reason": "a code of why, never a text",
    "route": "the template of the address, never what stands in it",
    "rule": "a rule's name, as in [the rules](rules.md)",
    "schemas": "the beginning of the digest of the schemas released",
    "service": "the process that counts",
    "state": "of an alert; a review: `in-time`, `overdue`; a connection: `used`, `idle`, `most`",
    "status": "the status of HTTP",
    "step": "of a ladder; of practice `referral`, `decision`, `feedback`",
    "topic": "a topic of `schemas/asyncapi`",
    "type": "an event type of the contract, or `unknown`; of the feed, the type of entry",
    "unit": "a code of units, `other`, or `none`",
    "version": "the version of the distribution",
}
