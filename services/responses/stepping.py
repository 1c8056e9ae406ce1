"""What is entered when somebody takes a step? What they said, and what follows from it."""

from typing import Any

from pydantic import BaseModel

from services.domain.moments import london_day
from services.domain.responses.record import Record
from services.responses import entering, figures
from services.responses.desk import Desk
from services.responses.entering import Doing
from services.responses.question import Amend, InsertFigure, MapMeasures, SetAction, content_of
from services.runtime import clock
from services.runtime.auth import Caller


async def take(desk: Desk, caller: Caller, response_id: str, step: BaseModel) -> Record:
    """Enter a step. Raises Refused, and NoMeasure for a figure that is not answered."""
    kind: str = step.kind  # type: ignore[attr-defined]  # every step has one
    doing = Doing(caller.subject, kind, content_of(step), london_day(clock.now()))
    kept = await _content(desk, caller, response_id, step, doing)
    return await entering.step(desk.pool, response_id, doing._replace(content=kept))


async def _content(
    desk: Desk, caller: Caller, response_id: str, step: BaseModel, doing: Doing
) -> dict[str, Any]:
    content = dict(doing.content)
    match step:
        case InsertFigure():
            await entering.check(desk.pool, response_id, doing)
            return await figures.taken(desk.measures, caller, step)
        case Amend():
            return await _amended(desk, response_id, content)
        case MapMeasures():
            await figures.known(desk.measures, caller, step.measures)
        case SetAction():
            return {name: value for name, value in content.items() if value is not None}
        case _:
            pass
    return content


async def _amended(desk: Desk, response_id: str, content: dict[str, Any]) -> dict[str, Any]:
    """Keep what is changed, and the days that follow from it."""
    held = await entering.inspection_of(desk.pool, response_id)
    return {
        **{name: value for name, value in content.items() if held.get(name) != value},
        **{
            name: value
            for name, value in entering.with_deadlines({**held, **content}, desk.catalogue).items()
            if name in {"strict_on", "usual_on"}
        },
    }
