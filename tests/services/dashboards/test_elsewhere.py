"""What does a page make of another service that does not answer, or refuses?"""

import httpx
import pytest
from joserfc.jwk import ECKey
from pydantic import SecretStr

from services.dashboards.elsewhere import Away, Elsewhere
from services.dashboards.settings import Settings
from services.runtime.acting import Acting, Others
from services.runtime.auth import Caller, Forbidden

MARY = Caller("mary", "norfolk-csc", "agency")


def elsewhere(status: int) -> Elsewhere:
    found = Elsewhere(Settings(postgres_dsn=SecretStr("unused"), kafka_bootstrap="unused"))
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json={"items": []}))
    client = httpx.AsyncClient(transport=transport, base_url="http://alerts")
    acting = Acting(ECKey.generate_key("P-256", {"kid": "one"}), "dashboards")
    found._others = Others(acting, {"alerts": client})  # noqa: SLF001 - the network is faked
    return found


async def test_what_is_answered_is_given() -> None:
    assert await elsewhere(200).get(MARY, "alerts", "/api/v1/alerts") == {"items": []}


@pytest.mark.parametrize(
    ("status", "error"), [(403, Forbidden), (404, Away), (422, Away), (500, Away), (503, Away)]
)
async def test_only_a_refusal_of_the_person_is_one(status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        await elsewhere(status).get(MARY, "alerts", "/api/v1/alerts")


async def test_who_is_nowhere_is_away() -> None:
    with pytest.raises(Away):
        await elsewhere(200).get(MARY, "directory", "/api/v1/onward/measures")
