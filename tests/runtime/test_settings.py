"""Does a wrong environment name its variables, all at once, and never their values?"""

from pathlib import Path

import pytest

from services.runtime.settings import Misconfigured, Settings

SECRET = "hunter2-secret"


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "POSTGRES_DSN",
        "KAFKA_BOOTSTRAP",
        "STATUS_PORT",
        "POSTGRES_POOL_MAX",
        "JWKS_FILE",
    ):
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


def test_what_this_process_needs_and_files_that_are_not_there_are_named_with_the_rest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RW_STATUS_PORT", SECRET)
    monkeypatch.setenv("RW_JWKS_FILE", str(tmp_path / SECRET))
    with pytest.raises(Misconfigured) as raised:
        Settings.load("master_key_file", "http_port")
    message = str(raised.value)
    for fault in (
        "RW_POSTGRES_DSN is missing",
        "RW_STATUS_PORT is wrong",
        "RW_MASTER_KEY_FILE is missing",
        "RW_HTTP_PORT is missing",
        "RW_JWKS_FILE names no file that can be read",
    ):
        assert fault in message
    assert SECRET not in message


def test_what_is_needed_stops_a_process_even_where_all_else_is_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RW_POSTGRES_DSN", "postgresql://h/d")
    monkeypatch.setenv("RW_KAFKA_BOOTSTRAP", "h:9092")
    with pytest.raises(Misconfigured, match="RW_JWKS_FILE is missing"):
        Settings.load("jwks_file")


def test_a_secret_may_be_a_file_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RW_SECRETS", str(tmp_path))
    (tmp_path / "rw_postgres_dsn").write_text(f"postgresql://a:{SECRET}@h/d")
    (tmp_path / "rw_kafka_bootstrap").write_text("file:9092")
    (tmp_path / "rw_http_port").write_text("9001")
    monkeypatch.setenv("RW_KAFKA_BOOTSTRAP", "environment:9092")
    settings = Settings.load("http_port")
    assert settings.postgres_dsn.get_secret_value() == f"postgresql://a:{SECRET}@h/d"
    assert (settings.kafka_bootstrap, settings.http_port) == ("environment:9092", 9001)


def test_settings_do_not_change_once_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_POSTGRES_DSN", "postgresql://h/d")
    monkeypatch.setenv("RW_KAFKA_BOOTSTRAP", "h:9092")
    settings = Settings.load()
    with pytest.raises(ValueError, match="frozen"):
        setattr(settings, "log_level", "DEBUG")  # noqa: B010 - mypy knows it may not be set
