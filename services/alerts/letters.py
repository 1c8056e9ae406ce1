"""What stands in a mail? Rules, agencies, counts, dates and links; nothing of a child."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jinja2 import DictLoader, Environment, StrictUndefined, select_autoescape

from services.domain.moments import in_words

SHOWN: Final = 20
"""Alerts that a mail lists; of the others it tells how many there are."""

_PLAIN: Final = """\
{{ heading }}
{% for group in groups %}
- {{ group.rule }}, owed by {{ group.agency }}: {{ group.count }}, the first due {{ group.due }}
{%- endfor %}

{% for one in shown -%}
{{ one.rule }} - {{ one.agency }} - due {{ one.due }} - {{ one.step }}
{{ one.link }}
{% endfor %}
{%- if more %}
and {{ more }} more: {{ queue }}
{% endif %}
{%- if fell %}
Some of these came to you because nobody before you in the ladder has an address that takes mail.
{% endif %}
Say in the queue that you have seen it; what nobody answers for goes on to the next person.
This mail names no child on purpose. Please do not answer it with a child's name.
"""
_HTML: Final = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ heading }}</title></head><body>
<h1>{{ heading }}</h1>
<table><caption>By rule and agency</caption>
<tr><th scope="col">Rule</th><th scope="col">Owed by</th><th scope="col">Alerts</th>
<th scope="col">First due</th></tr>
{% for group in groups %}<tr><td>{{ group.rule }}</td><td>{{ group.agency }}</td>
<td>{{ group.count }}</td><td>{{ group.due }}</td></tr>{% endfor %}
</table>
<ul>{% for one in shown %}<li><a href="{{ one.link }}">{{ one.rule }}</a>, {{ one.agency }}, due
{{ one.due }}, {{ one.step }}</li>{% endfor %}</ul>
{% if more %}<p>and <a href="{{ queue }}">{{ more }} more</a></p>{% endif %}
{% if fell %}<p>Some of these came to you because nobody before you in the ladder has an address
that takes mail.</p>{% endif %}
<p>Say in the queue that you have seen it; what nobody answers for goes on to the next person.</p>
<p>This mail names no child on purpose. Please do not answer it with a child's name.</p>
</body></html>
"""
_WEEKLY_PLAIN: Final = """\
{{ heading }}

By agency:
{% for name, count in agencies %}- {{ name }}: {{ count }}
{% endfor %}
By rule:
{% for name, count in rules %}- {{ name }}: {{ count }}
{% endfor %}
In all: {{ total }}. A count that is hidden for being small is written c.
{{ queue }}
"""
_WEEKLY_HTML: Final = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ heading }}</title></head><body>
<h1>{{ heading }}</h1>
{% for caption, rows in (("By agency", agencies), ("By rule", rules)) %}<table>
<caption>{{ caption }}</caption><tr><th scope="col">Which</th><th scope="col">Alerts</th></tr>
{% for name, count in rows %}<tr><td>{{ name }}</td><td>{{ count }}</td></tr>{% endfor %}</table>
{% endfor %}<p>In all: {{ total }}. A count that is hidden for being small is written c.</p>
<p><a href="{{ queue }}">The queue</a></p></body></html>
"""
_letters: Final = Environment(
    loader=DictLoader(
        {
            "plain.txt": _PLAIN,
            "mail.html": _HTML,
            "weekly.txt": _WEEKLY_PLAIN,
            "weekly.html": _WEEKLY_HTML,
        }
    ),
    autoescape=select_autoescape(("html",)),
    undefined=StrictUndefined,
)


@dataclass(frozen=True, slots=True)
class Named:
    """What a mail may say of an alert."""

    alert_id: str
    rule: str
    agency: str
    urgency: str
    due_at: datetime
    step: int
    steps: int
    fell: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's subject and its two bodies."""

    subject: str
    plain: str
    html: str


def digest(alerts: Sequence[Named], queue: str) -> Letter:
    """Tell of alerts, the urgent and the earliest due first; each stands at its highest step."""
    ordered = sorted(alerts, key=lambda one: (one.urgency != "immediate", one.due_at, one.alert_id))
    heading = _heading(ordered)
    counted = Counter((one.rule, one.agency) for one in ordered)
    first = {(one.rule, one.agency): one.due_at for one in sorted(ordered, key=_due, reverse=True)}
    filled: dict[str, Any] = {
        "heading": heading,
        "groups": [
            {"rule": words(rule), "agency": agency, "count": count,
             "due": in_words(first[rule, agency])}
            for (rule, agency), count in counted.most_common()
        ],
        "shown": [_shown(one, queue) for one in ordered[:SHOWN]],
        "more": max(len(ordered) - SHOWN, 0),
        "queue": queue,
        "fell": any(one.fell for one in ordered),
    }  # fmt: skip
    plain, html = (
        _letters.get_template(name).render(filled) for name in ("plain.txt", "mail.html")
    )
    return Letter(f"Referral Watch: {heading}", plain, html)


def weekly(report: Mapping[str, Any], names: Mapping[str, str], queue: str) -> Letter:
    """Tell of a week's report: totals alone, by agency and by rule."""
    heading = f"Alerts that nobody answered for, {report['week']}"
    filled: dict[str, Any] = {
        "heading": heading,
        "agencies": [(names.get(one, one), count) for one, count in report["by_agency"].items()],
        "rules": [(words(one), count) for one, count in report["by_rule"].items()],
        "total": report["total"],
        "queue": queue,
    }
    plain, html = (
        _letters.get_template(name).render(filled) for name in ("weekly.txt", "weekly.html")
    )
    return Letter(f"Referral Watch: {heading}", plain, html)


def _due(one: Named) -> datetime:
    return one.due_at


def _heading(alerts: Sequence[Named]) -> str:
    urgent = sum(one.urgency == "immediate" for one in alerts)
    number = "1 alert needs" if len(alerts) == 1 else f"{len(alerts)} alerts need"
    return f"{number} an answer" + (f", {urgent} at once" if urgent else "")


def _shown(one: Named, queue: str) -> dict[str, str]:
    step = f"step {one.step} of {one.steps}" if one.step else "not yet breached"
    return {
        "rule": words(one.rule),
        "agency": one.agency,
        "due": in_words(one.due_at),
        "step": step,
        "link": f"{queue}/{one.alert_id}",
    }


def words(rule: str) -> str:
    """Name a rule as a reader says it: "referral not made"."""
    return rule.partition(".")[2].replace("_", " ")
