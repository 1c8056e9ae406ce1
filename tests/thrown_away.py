"""Where does a test keep a database's files? In a folder that its account may pass through."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def thrown_away(prefix: str) -> Iterator[Path]:
    """Make a folder, unlike pytest's own open to whom PostgreSQL runs as; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
