"""Prometheus's own programs, fetched once; a test without them would show nothing."""

from pathlib import Path

import pytest

from deploy.embedded import prometheus
from deploy.embedded.progress import aloud


@pytest.fixture(scope="session")
def promtool() -> Path:
    """Give the tool that checks and tests rules."""
    assert prometheus.fetch(aloud), "no Prometheus: `make deps` fetches it on Debian"
    found = prometheus.found(prometheus.TOOL)
    assert found is not None
    return found
