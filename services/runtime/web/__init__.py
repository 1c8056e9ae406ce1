"""How do people look at a service? Pages made here, from Jinja templates; all work without scripts.

A service adds its pages in four steps.

1. In `create_app`, once: `Web(service=..., settings=settings, people=people, desk=desk,
   templates=Path(__file__).with_name("templates")).install(app)`. That serves the style sheet and
   the script, sets the security headers, and shows what went wrong to a browser as a page (to a
   machine it stays problem+json).
2. A page is one route and one template. The route depends on `visitor_of`, says which roles may
   come in, and returns `web.page`:

       @routes.get("/desk", response_class=HTMLResponse, tags=["pages"],
                   operation_id="page-desk", responses=answers(403))
       async def desk(
           request: Request, visitor: Annotated[Visitor, Depends(visitor_of)]
       ) -> Response:
           visitor.require("police-supervisor", "qa-reviewer")
           return web_of(request).page(request, visitor, "desk.html", title="Your desk", rows=rows)

   The template extends `app/base.html` and fills `{% block body %}`. The base makes the one h1 from
   `title`, the line with `as_of` and `known_at` where they are given, `breadcrumbs` (a list of
   (text, address)), the error summary from `faults`, header, navigation, marking and footer.
   `app/parts.html` holds the parts: `table`, `filter_form`, `chart`, `downloads`, `timeline`,
   `badge`, `alert`, `card`, `pages` (pagination). Components of GOV.UK come from
   `govuk_frontend_jinja/components/<name>/macro.html`.
3. A form posts to a route of ours with `{{ csrf_field }}` within it; `visitor_of` has checked it
   and the origin before the route runs. What is wrong is shown again with
   `page(..., faults=[Wrong("reason", "Say why")], status=422)`: the title then begins "Error:",
   the summary's link leads to the field of that id, and `wrong.reason` is its error message.
4. The page is named in `tests/browser/registry.py` (a route of HTML that is not there
   fails `make check`), in the access matrix, and, where it belongs, in `navigation.py`.

No name, date or free text of a child stands in an address: codes and opaque refs only.
"""

from services.runtime.web import months, words
from services.runtime.web.charts import Chart
from services.runtime.web.face import Web, answers, visitor_of, web_of
from services.runtime.web.forms import Wrong
from services.runtime.web.links import Link, asking, pages_of
from services.runtime.web.visitor import Visitor

__all__ = [
    "Chart", "Link", "Visitor", "Web", "Wrong", "answers", "asking", "months", "pages_of",
    "visitor_of", "web_of", "words",
]  # fmt: skip
