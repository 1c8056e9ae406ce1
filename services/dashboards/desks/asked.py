"""What does every page of the desks need: the desk itself, and who looks?"""

from typing import Annotated, TypeAlias

from fastapi import Depends

from services.dashboards.desk import Desk, desk_of
from services.runtime.web import Visitor, visitor_of

AtDesk: TypeAlias = Annotated[Desk, Depends(desk_of)]
By: TypeAlias = Annotated[Visitor, Depends(visitor_of)]
