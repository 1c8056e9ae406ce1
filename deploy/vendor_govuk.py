"""Where do the style sheet and the script of GOV.UK Frontend come from, and what is taken out?

`python -m deploy.vendor_govuk` fetches them anew, which is needed only for another version: the two
files are kept in this repository. We are no service of GOV.UK: its font, crest, crown and colours
are removed here, by one line each, and a line that finds nothing fails.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Final

from deploy.npm import Package

GOVUK: Final = Package(
    "govuk-frontend",
    "6.3.0",  # goes with govuk-frontend-jinja 4.1.0
    "sha512-cXIQxm5PHCsbic47GXZrVBZhAeeshTLRL6ZBKilLsR6rMCjJuWb7Fruq0VUNMBJFlJk/srsRj/q8d5bM9cgKoA==",
)
STATIC: Final = Path(__file__).resolve().parents[1] / "services" / "runtime" / "web" / "static"
LOCK: Final = STATIC / "govuk-frontend.lock.json"
FILES: Final = ("govuk-frontend.min.css", "govuk-frontend.min.js")
NOTICE: Final = (
    b"/*! govuk-frontend 6.3.0, MIT licence (its text: THIRD_PARTY_NOTICES.md)."
    b" Changed by deploy/vendor_govuk.py. */\n"
)
BRAND: Final = b"#2073bc"
FONT: Final = b'Arial,"Liberation Sans","Noto Sans",Helvetica,sans-serif'
_SHEET: Final = (
    (rb'@charset "UTF-8";', b""),
    (rb"/\*!.{0,40}Copyright.*?\*/", b""),
    (rb"@font-face\{[^}]*GDS Transport[^}]*\}", b""),
    (rb"GDS Transport,arial,sans-serif", FONT),
    (rb"\.govuk-footer__crown\{[^}]*\}", b""),
    (rb"url\(/assets/images/govuk-crest\.svg\)", b"none"),
    (rb"--govuk-brand-colour:#1d70b8", b"--govuk-brand-colour:" + BRAND),
    (rb"var\(--govuk-brand-colour,#1d70b8\)", b"var(--govuk-brand-colour)"),
    (rb"#1d70b8", BRAND),
    (rb"/\*# sourceMappingURL=\S+ \*/", b""),
)
_SCRIPT: Final = ((rb"//# sourceMappingURL=\S+", b""), (rb"GOV\.UK Frontend", b"The frontend"))
FORBIDDEN: Final = re.compile(rb"GDS Transport|crest|crown|GOV\.UK|1d70b8|/assets/", re.IGNORECASE)


def patched(content: bytes, changes: tuple[tuple[bytes, bytes], ...]) -> bytes:
    """Return a file without what is not ours to show."""
    for pattern, instead in changes:
        content, times = re.subn(pattern, instead, content, flags=re.DOTALL)
        if not times:
            raise ValueError(f"nothing found of {pattern.decode()}")
    left = FORBIDDEN.search(content)
    if left is not None:
        raise ValueError(f"{left.group().decode()} is still there")
    return NOTICE + content


def main() -> None:
    """Fetch, patch, and write down what was written."""
    sheet, script = GOVUK.files(*(f"dist/govuk/{name}" for name in FILES))
    made = dict(zip(FILES, (patched(sheet, _SHEET), patched(script, _SCRIPT)), strict=True))
    for name, content in made.items():
        (STATIC / name).write_bytes(content)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in made.items()}
    lock = {"package": GOVUK.name, "version": GOVUK.version, "integrity": GOVUK.integrity}
    LOCK.write_text(json.dumps(lock | {"sha256": digests}, indent=2) + "\n")


if __name__ == "__main__":
    main()
