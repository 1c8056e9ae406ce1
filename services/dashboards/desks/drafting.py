"""How is a referral written? One thing a page, saved as one goes, checked, warned of, and sent."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.dashboards.behalf import Refused
from services.dashboards.desk import Desk
from services.dashboards.desks import filled, steps
from services.dashboards.desks.agency import ROLES, Receipt
from services.dashboards.desks.asked import AtDesk, By
from services.dashboards.desks.drafts import draft_of, fallback, keep, said_of, title_of
from services.dashboards.desks.followed import LIST
from services.dashboards.desks.forms import fields, refused
from services.dashboards.desks.ours import ours
from services.dashboards.desks.steps import BY_ID, Step
from services.domain.moments import moment
from services.runtime.web import Visitor, Wrong, answers, web_of

PATH: Final = "/agency/drafts"
DraftId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
StepId = Annotated[str, Path(pattern=r"^[a-z]{1,20}$")]


def router() -> APIRouter:
    """Return the routes of this module."""
    routes = APIRouter()
    for path, summary, name, does in (
        (f"{PATH}/{{draft_id}}", "What is still to be written", "page-draft", tasks),
        (f"{PATH}/{{draft_id}}/{{step}}", "One thing of a referral", "page-step", step_page),
    ):
        routes.get(
            path,
            summary=summary,
            operation_id=name,
            response_class=HTMLResponse,
            responses=answers(403, 404, 422),
        )(does)
    for path, summary, name, act in (
        ("/agency/referrals", "Begin a referral", "begin-referral", begin),
        (f"{LIST}/{{receipt}}/amend", "Begin an amendment", "begin-amendment", amend),
        (f"{PATH}/{{draft_id}}/delete", "Delete it", "delete-draft", delete),
        (f"{PATH}/{{draft_id}}/{{step}}", "Save one thing", "save-step", save),
    ):
        routes.post(
            path,
            summary=summary,
            operation_id=name,
            status_code=303,
            response_class=RedirectResponse,
            responses=answers(403, 404, 422),
        )(act)
    return routes


async def begin(
    request: Request,
    desk: AtDesk,
    visitor: By,
) -> Response:
    """Begin a referral."""
    visitor.require(*ROLES)
    return await _begun(request, desk, visitor, "referral", {"answers": {}, "child": {}})


async def amend(
    request: Request,
    desk: AtDesk,
    visitor: By,
    receipt: Receipt,
) -> Response:
    """Begin to amend a referral that one's agency has made."""
    visitor.require(*ROLES)
    found = await ours(desk, visitor, receipt)
    content = {
        "answers": {}, "child": {"local_id": found.local_id}, "receipt": receipt,
        "referral_ref": found.referral_ref,
    }  # fmt: skip
    return await _begun(request, desk, visitor, "amendment", content)


async def tasks(
    request: Request,
    desk: AtDesk,
    visitor: By,
    draft_id: DraftId,
) -> Response:
    """Show what is written and what is not."""
    draft = await draft_of(desk, visitor, draft_id)
    said = said_of(draft)
    done = [(step, steps.begun(step, said)) for step in steps.steps_of(draft["kind"])]
    return web_of(request).page(
        request,
        visitor,
        "desks/tasks.html",
        title=title_of(draft),
        breadcrumbs=[("Your agency", "/agency"), (title_of(draft), None)],
        draft_id=draft_id,
        done=done,
        ends_at=moment(draft["ends_at"]),
    )


async def step_page(
    request: Request,
    desk: AtDesk,
    visitor: By,
    draft_id: DraftId,
    step: StepId,
) -> Response:
    """Ask one thing."""
    draft = await draft_of(desk, visitor, draft_id)
    return _asking(request, desk, visitor, draft, _step(draft, step), said_of(draft))


async def save(
    request: Request,
    desk: AtDesk,
    visitor: By,
    draft_id: DraftId,
    step: StepId,
) -> Response:
    """Keep one thing, and go on to the next, or back to the list."""
    draft = await draft_of(desk, visitor, draft_id)
    asked = _step(draft, step)
    answered = await _answered(request, asked)
    said = {**said_of(draft), **answered}
    faults = list(filled.faults(asked, said, desk.codes))
    if faults:
        return _asking(request, desk, visitor, draft, asked, said, faults)
    content = {**draft["content"], "answers": said}
    if draft["kind"] == "referral":
        content["child"] = filled.child_of(said, fallback(draft_id))
    await keep(desk, visitor, draft, content)
    onward = steps.following(draft["kind"], asked)
    where = await fields(request, "go")
    place = {"later": "", "check": "/check"}.get(
        where["go"], f"/{onward.id}" if onward is not None else "/check"
    )
    return RedirectResponse(f"{PATH}/{draft_id}{place}", 303)


async def delete(
    desk: AtDesk,
    visitor: By,
    draft_id: DraftId,
) -> Response:
    """Delete a draft."""
    visitor.require(*ROLES)
    try:
        await desk.behalf.ask(visitor.caller, "DELETE", f"/v1/drafts/{draft_id}")
    except Refused as error:
        raise HTTPException(error.status) from None
    return RedirectResponse("/agency", 303)


async def _begun(
    request: Request, desk: Desk, visitor: Visitor, kind: str, content: Mapping[str, Any]
) -> Response:
    try:
        told = await desk.behalf.ask(
            visitor.caller, "POST", "/v1/drafts", content={"kind": kind, "content": content}
        )
    except Refused as error:
        faults = refused(error, "drafts")
        return web_of(request).page(
            request, visitor, "desks/full.html", title="Too many drafts", faults=faults,
            status=error.status,
        )  # fmt: skip
    first = "urgency" if kind == "referral" else ""
    return RedirectResponse(f"{PATH}/{told.content['draft_id']}/{first}".rstrip("/"), 303)


def _step(draft: Mapping[str, Any], name: str) -> Step:
    step = BY_ID.get(name)
    if step is None or step not in steps.steps_of(draft["kind"]):
        raise HTTPException(404)
    return step


async def _answered(request: Request, step: Step) -> dict[str, Any]:
    """Return what was filled in, by the names of the inputs."""
    plain = [part for one in step.fields if one.kind != "several" for part in one.parts]
    found: dict[str, Any] = dict(await fields(request, *plain))
    form = await request.form()
    for one in step.fields:
        if one.kind == "several":
            found[one.name] = [str(value) for value in form.getlist(one.name)]
    return found


def _asking(  # noqa: PLR0913 - what the page is made of
    request: Request,
    desk: Desk,
    visitor: Visitor,
    draft: Mapping[str, Any],
    step: Step,
    said: Mapping[str, Any],
    faults: Sequence[Wrong] = (),
) -> Response:
    listed = f"{PATH}/{draft['draft_id']}"
    return web_of(request).page(
        request,
        visitor,
        "desks/step.html",
        title=step.title,
        status=422 if faults else 200,
        faults=faults,
        breadcrumbs=[("Your agency", "/agency"), (title_of(draft), listed), (step.title, None)],
        draft_id=draft["draft_id"],
        step=step,
        said=said,
        codes=desk.codes,
        unknown=steps.UNKNOWN,
        amendment=draft["kind"] == "amendment",
    )
