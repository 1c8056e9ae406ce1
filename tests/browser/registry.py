"""Which pages are looked at in a real browser? Every one: a page that is not here fails.

One line a page and a state of it; `tests/contracts/test_pages_listed.py` compares with the routes
that answer HTML.
"""

from dataclasses import dataclass, field

from tests.browser.responding import ACTION, PUBLISHED, SUBMITTED, WRITTEN


@dataclass(frozen=True, slots=True)
class Page:
    """A page as somebody sees it.

    Args:
        service: whose page it is.
        path: as in schemas/openapi/<service>.json.
        persona: who looks; None for somebody who is not signed in.
        query: what is asked, as in the address.
        state: what is special: empty, error, suppressed, long text; words for the test's name.
        values: what stands in the path's {names}: `$name` of the world that the rig has built.
        status: what it is answered with.

    """

    service: str
    path: str
    persona: str | None = "pcc-analyst"
    query: str = ""
    state: str = ""
    values: dict[str, str] = field(default_factory=dict, hash=False)
    status: int = 200

    def __str__(self) -> str:
        return " ".join(filter(None, (self.service, self.path, self.state, self.persona)))


_DECIDED = {"measure": "decision.in-time"}

DESKS = (
    Page("dashboards", "/queue", "police-supervisor"),
    Page("dashboards", "/queue", "qa-reviewer", state="reviewer"),
    Page("dashboards", "/queue", "norfolk-school", state="agency"),
    Page("dashboards", "/queue", "qa-reviewer", query="state=upcoming&lesson=4", state="empty"),
    Page("dashboards", "/queue", "qa-reviewer", query="lesson=9", state="error", status=422),
    Page("dashboards", "/queue", "pcc-analyst", state="not for this role", status=403),
    Page("dashboards", "/queue/{gap_id}", "police-supervisor", values={"gap_id": "$gap_id"}),
    Page("dashboards", "/queue/{gap_id}", "norfolk-csc", state="agency", query="done=answer",
         values={"gap_id": "$gap_id"}),
    Page("dashboards", "/queue/{gap_id}", "qa-reviewer", state="not there", status=404,
         values={"gap_id": "ffffffff-ffff-4fff-8fff-ffffffffffff"}),
    Page("dashboards", "/children/{child_ref}", "qa-reviewer", values={"child_ref": "$child_ref"}),
    Page("dashboards", "/children/{child_ref}/identity", "qa-reviewer",
         values={"child_ref": "$child_ref"}),
    Page("dashboards", "/children/{child_ref}/identity", "qa-reviewer", state="shown",
         query="purpose=supervision", values={"child_ref": "$child_ref"}),
    Page("dashboards", "/children/{child_ref}/events/{event}", "norfolk-police",
         values={"child_ref": "$child_ref", "event": "$event"}),
    Page("dashboards", "/children/{child_ref}/events/{event}", "norfolk-police", state="shown",
         query="purpose=safeguarding", values={"child_ref": "$child_ref", "event": "$event"}),
    Page("dashboards", "/dip-samples", "qa-reviewer"),
    Page("dashboards", "/dip-samples/{month}", "qa-reviewer", "seed=s", values={"month": "$month"}),
    Page("dashboards", "/dip-samples/{month}", "qa-reviewer", "seed=s", state="empty",
         values={"month": "2025-01"}),
    Page("dashboards", "/dip-samples/{month}/agreement", "qa-reviewer", values={"month": "$month"}),
    Page("dashboards", "/dip-samples/{month}/agreement", "qa-reviewer", state="empty",
         values={"month": "2025-01"}),
    Page("dashboards", "/dip-samples/{month}/read/{reading}", "qa-reviewer", "seed=s",
         values={"month": "$month", "reading": "$reading"}),
    Page("dashboards", "/disagreements", "norfolk-police"),
    Page("dashboards", "/disagreements", "norfolk-police", "state=settled", state="empty"),
    Page("dashboards", "/agency", "norfolk-school"),
    Page("dashboards", "/agency/referrals", "norfolk-school"),
    Page("dashboards", "/agency/referrals", "norfolk-school", "as=recipient", state="empty"),
    Page("dashboards", "/agency/referrals/{receipt}", "norfolk-school",
         values={"receipt": "$receipt"}),
    Page("dashboards", "/agency/referrals/{receipt}", "norfolk-school", "done=sent", state="sent",
         values={"receipt": "$receipt"}),
    Page("dashboards", "/agency/referrals/{receipt}/disagree", "norfolk-school",
         values={"receipt": "$receipt"}),
    Page("dashboards", "/agency/referrals/{receipt}/withdraw", "norfolk-school",
         values={"receipt": "$receipt"}),
    Page("dashboards", "/agency/drafts/{draft_id}", "norfolk-school",
         values={"draft_id": "$draft_id"}),
    Page("dashboards", "/agency/drafts/{draft_id}/check", "norfolk-school",
         values={"draft_id": "$draft_id"}),
    *(
        Page("dashboards", "/agency/drafts/{draft_id}/{step}", "norfolk-school", state=step,
             values={"draft_id": "$draft_id", "step": step})
        for step in ("urgency", "child", "harms", "home")
    ),
    Page("dashboards", "/agency/uploads", "norfolk-school"),
    Page("dashboards", "/agency/uploads/{import_id}", "norfolk-school",
         values={"import_id": "$import_id"}),
    Page("dashboards", "/agency/prevention", "norfolk-school"),
    Page("dashboards", "/agency/prevention", "norfolk-school", "need=domestic-abuse&age=14",
         "filtered"),
    Page("dashboards", "/agency/prevention", "norfolk-school", "need=missing&age=4&setting=clinic",
         state="empty"),
)  # fmt: skip
"""Where supervisors, reviewers and agencies work."""

PAGES = (
    Page("dashboards", "/", state="suppressed"),
    Page("dashboards", "/", None, state="not signed in", status=401),
    Page("dashboards", "/", "qa-reviewer"),
    Page("dashboards", "/timeliness", state="suppressed"),
    Page("dashboards", "/timeliness", "qa-reviewer"),
    Page("dashboards", "/completeness", "qa-reviewer"),
    Page("dashboards", "/cumulative-harm", "qa-reviewer"),
    Page("dashboards", "/quality-assurance", "qa-reviewer"),
    Page("dashboards", "/equity", "qa-reviewer"),
    Page("dashboards", "/onward"),
    Page("dashboards", "/compare", "qa-reviewer", "by=agency"),
    Page("dashboards", "/compare", state="suppressed"),
    Page("dashboards", "/compare", query="from=2019-01&to=2019-03", state="not published"),
    Page("dashboards", "/cumulative-harm", state="suppressed"),
    Page("dashboards", "/compare", "qa-reviewer", "by=area&from=2026-01", "by area"),
    Page("dashboards", "/measures"),
    Page("dashboards", "/measures/{measure}", "qa-reviewer", "by=sex", values=_DECIDED),
    Page("dashboards", "/measures/{measure}", state="suppressed", values=_DECIDED),
    Page(
        "dashboards",
        "/measures/{measure}",
        query="by=sex",
        state="groups suppressed",
        values={"measure": "harm.cumulative-recognised"},
    ),
    Page(
        "dashboards",
        "/measures/{measure}",
        "qa-reviewer",
        "from=2019-01&to=2019-03",
        "empty",
        values=_DECIDED,
    ),
    Page(
        "dashboards",
        "/measures/{measure}/cases",
        "qa-reviewer",
        "from=$counted&to=$counted&state=missed",
        values=_DECIDED,
    ),
    Page("dashboards", "/downloads"),
    Page("dashboards", "/changes"),
    Page("dashboards", "/gaps", "qa-reviewer"),
    Page("dashboards", "/gaps", "police-supervisor"),
    Page("dashboards", "/gaps", "qa-reviewer", "lesson=1&state=open&rule=", "filtered"),
    Page("dashboards", "/gaps", "qa-reviewer", "rule=training.not_in_date", "empty"),
    Page("dashboards", "/gaps", "pcc-analyst", state="refused", status=403),
    Page("dashboards", "/gaps", "qa-reviewer", "state=odd", "error", status=422),
    Page("dashboards", "/alerts", "qa-reviewer"),
    Page("dashboards", "/alerts", "pcc-analyst"),
    Page("dashboards", "/status", "qa-reviewer"),
    Page("dashboards", "/status", "pcc-analyst"),
    Page("dashboards", "/about-data", None),
    Page("dashboards", "/accessibility", None),
    Page("dashboards", "/privacy", None),
    Page("dashboards", "/cookies", None),
    Page("dashboards", "/help", None),
    Page("responses", "/", "pcc-editor"),
    Page("responses", "/", "police-supervisor", state="refused", status=403),
    Page("responses", "/inspections/new", "pcc-editor"),
    Page("responses", "/inspections/import", "pcc-editor"),
    Page(
        "responses",
        "/responses/{response_id}",
        "pcc-editor",
        "",
        "written",
        {"response_id": WRITTEN},
    ),
    Page(
        "responses",
        "/responses/{response_id}",
        "pcc-analyst",
        "",
        "published",
        {"response_id": PUBLISHED},
    ),
    Page(
        "responses",
        "/responses/{response_id}/figure",
        "pcc-editor",
        "item=item-2",
        "",
        {"response_id": WRITTEN},
    ),
    Page(
        "responses",
        "/responses/{response_id}/office",
        "pcc-editor",
        "",
        "being written, and amended",
        {"response_id": WRITTEN},
    ),
    Page(
        "responses",
        "/responses/{response_id}/office",
        "pcc-approver",
        "",
        "to be signed off",
        {"response_id": SUBMITTED},
    ),
    Page(
        "responses",
        "/responses/{response_id}/office",
        "pcc-editor",
        "",
        "published",
        {"response_id": PUBLISHED},
    ),
    Page(
        "responses",
        "/responses/{response_id}/compare",
        "pcc-editor",
        "before=1&after=0",
        "",
        {"response_id": SUBMITTED},
    ),
    Page("responses", "/promises"),
    Page(
        "responses",
        "/promises/{response_id}/{action}",
        "pcc-editor",
        "",
        "",
        {"response_id": PUBLISHED, "action": ACTION},
    ),
    Page("responses", "/findings"),
    Page("responses", "/published", None),
    Page("responses", "/published/{response_id}", None, "", "", {"response_id": PUBLISHED}),
    *DESKS,
)
