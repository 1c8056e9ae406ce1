"""Is the process of this container ready? `python -m services.runtime.healthy` ends with 0 if so.

For container engines, which know a health check by its exit status; Kubernetes asks by itself.
"""

import os
import sys
from urllib.error import URLError
from urllib.request import urlopen


def main() -> int:
    """Ask the port that this process was told to answer on."""
    port = os.environ.get("RW_HTTP_PORT") or os.environ["RW_STATUS_PORT"]
    try:
        with urlopen(f"http://127.0.0.1:{int(port)}/health/ready", timeout=4) as answer:
            return 0 if answer.status == 200 else 1  # noqa: PLR2004 - as HTTP calls it
    except (URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main())
