"""Has a figure that a person mapped to a finding become worse? Looked at again and again."""

from services.responses import findings, store
from services.responses.desk import Desk
from services.runtime import clock, log
from services.runtime.auth import Caller
from services.runtime.guard import NotNow

_log = log.get(__name__)


async def look(desk: Desk) -> None:
    """Tell Prometheus how mapped findings stand; while figures are away, nothing."""
    shown = []
    for agency in sorted(desk.catalogue.bodies.agencies):
        many = await store.everything(desk.pool, agency)
        analyst = Caller("responses", agency, "pcc-analyst")
        try:
            shown += await findings.found(desk, analyst, many, clock.now())
        except NotNow:
            _log.warning("findings not looked at, the dashboards are away")
            return
    findings.count(shown)
