"""How is a zipped document packed so that the same content is the same file?"""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

FIRST = "mimetype"
"""What OpenDocument wants first, and not compressed."""


Rewrite = Callable[[bytes], bytes]


def packed(content: bytes, dated: date, rewrite: Rewrite = bytes) -> bytes:
    """Return a zip with the same members, all of one date, in the same order each time.

    `rewrite` is asked of each XML file in it.
    """
    out = BytesIO()
    with ZipFile(BytesIO(content)) as read, ZipFile(out, "w") as written:
        names = sorted(read.namelist(), key=lambda name: (name != FIRST, name))
        for name in names:
            member = ZipInfo(name, (dated.year, dated.month, dated.day, 0, 0, 0))
            member.compress_type = ZIP_STORED if name == FIRST else ZIP_DEFLATED
            member.create_system = 0
            member.external_attr = 0
            held = read.read(name)
            written.writestr(member, rewrite(held) if name.endswith(".xml") else held)
    return out.getvalue()
