"""What do pages load? Style sheets, scripts and an icon, each named by its content.

A name changes with the content, so a browser may keep what it has for ever.
"""

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import HTTPException, Request, Response

FOLDER: Final = Path(__file__).with_name("static")
PREFIX: Final = "/static"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_MEANT: Final = re.compile(rb'"static:([a-z.-]+)"')


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served."""

    address: str
    media_type: str
    plain: bytes
    zipped: bytes


class Assets:
    """Every file of the folder, read once; scripts name others as "static:<file>"."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._by_name: dict[str, Asset] = {}
        for path in sorted(folder.iterdir()):
            if path.suffix in _TYPES:
                self._read(path.name)
        self._by_address = {one.address: one for one in self._by_name.values()}

    def address(self, name: str) -> str:
        """Return where a file is served. Raises KeyError for one that is not there."""
        return self._by_name[name].address

    @property
    def served(self) -> Mapping[str, Asset]:
        """Everything that is served, by address."""
        return self._by_address

    def answer(self, request: Request, name: str) -> Response:
        """Serve one file, zipped for who takes it so."""
        found = self._by_address.get(f"{PREFIX}/{name}")
        if found is None:
            raise HTTPException(404)
        headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(found.zipped, media_type=found.media_type, headers=headers)
        return Response(found.plain, media_type=found.media_type, headers=headers)

    def _read(self, name: str) -> Asset:
        if name not in self._by_name:
            path = self._folder / name
            content = _MEANT.sub(self._meant, path.read_bytes())
            digest = sha256(content).hexdigest()[:12]
            address = f"{PREFIX}/{path.stem}.{digest}{path.suffix}"
            zipped = gzip.compress(content, mtime=0)
            self._by_name[name] = Asset(address, _TYPES[path.suffix], content, zipped)
        return self._by_name[name]

    def _meant(self, found: re.Match[bytes]) -> bytes:
        return f'"{self._read(found[1].decode()).address}"'.encode()
