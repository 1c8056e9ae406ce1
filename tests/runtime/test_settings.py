"""Does a wrong environment name its variables, all at once, and never their values?"""

import pytest

from services.runtime.settings import Misconfigured, Settings

SECRET = "hunter2-secret"


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POSTGRES_DSN", "KAFKA_BOOTSTRAP", "STATUS_PORT", "POSTGRES_POOL_MAX"):
        monkeypatch.delenv(f"RW_{name}", raising=False)


def test_what_the_environment_says_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_POSTGRES_DSN", f"postgresql://a:{SECRET}@h/d")
    monkeypatch.setenv("RW_KAFKA_BOOTSTRAP", "h:9092")
    monkeypatch.setenv("RW_STATUS_PORT", "9001")
    settings = Settings.load()
    assert (settings.kafka_bootstrap, settings.status_port) == ("h:9092", 9001)
    assert SECRET in settings.postgres_dsn.get_secret_value()
    assert SECRET not in repr(settings)
    assert (settings.schemas / "events").is_dir()


def test_every_fault_is_named_at_once_and_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_STATUS_PORT", SECRET)
    monkeypatch.setenv("RW_POSTGRES_POOL_MAX", SECRET)
    with pytest.raises(Misconfigured) as raised:
        Settings.load()
    message = str(raised.value)
    assert "RW_POSTGRES_DSN is missing" in message
    assert "RW_KAFKA_BOOTSTRAP is missing" in message
    assert "RW_STATUS_PORT is wrong" in message
    assert "RW_POSTGRES_POOL_MAX is wrong" in message
    assert SECRET not in message


def test_settings_do_not_change_once_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_POSTGRES_DSN", "postgresql://h/d")
    monkeypatch.setenv("RW_KAFKA_BOOTSTRAP", "h:9092")
    settings = Settings.load()
    with pytest.raises(ValueError, match="frozen"):
        setattr(settings, "log_level", "DEBUG")  # noqa: B010 - mypy knows it may not be set
