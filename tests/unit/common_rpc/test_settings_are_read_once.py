"""A service that lacks a setting says which, at the start, and never what the others are."""

import pytest

from services.common.settings import PREFIX, ServiceSettings, read

GOOD = {
    "ENVIRONMENT": "production",
    "DATABASE_URL": "postgresql://events_service:hunter2@db/events",
    "NATS_URL": "nats://nats:4222",
    "SERVICE_KEY_FILE": "/keys/events.json",
    "SERVICE_KEYS_FILE": "/keys/services.json",
    "MEMBERSHIP_ADDRESS": "membership:8081",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ServiceSettings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(PREFIX + name, value)


def test_a_complete_environment_is_read():
    settings = read(ServiceSettings)
    assert settings.membership_address == "membership:8081"
    assert not settings.development


def test_every_missing_variable_is_named_at_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    for name in ("ENVIRONMENT", "NATS_URL", "MEMBERSHIP_ADDRESS"):
        monkeypatch.delenv(PREFIX + name)
    with pytest.raises(SystemExit) as ended:
        read(ServiceSettings)
    assert ended.value.code == 2
    said = [line.partition(":")[0] for line in capsys.readouterr().err.splitlines()]
    assert said == ["ONTMOET_ENVIRONMENT", "ONTMOET_NATS_URL", "ONTMOET_MEMBERSHIP_ADDRESS"]


def test_a_wrong_variable_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """A6: it may hold a password."""
    monkeypatch.setenv("ONTMOET_DATABASE_URL", "mysql://root:hunter2@db/events")
    with pytest.raises(SystemExit):
        read(ServiceSettings)
    said = capsys.readouterr().err
    assert said.startswith("ONTMOET_DATABASE_URL: ")
    assert "hunter2" not in said


def test_an_endpoint_without_its_scheme_is_refused_for_its_figures_would_get_lost(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("ONTMOET_OTLP_ENDPOINT", "collector:4317")
    with pytest.raises(SystemExit):
        read(ServiceSettings)
    assert capsys.readouterr().err.startswith("ONTMOET_OTLP_ENDPOINT: ")
    monkeypatch.setenv("ONTMOET_OTLP_ENDPOINT", "http://collector:4317")
    assert read(ServiceSettings).otlp_endpoint == "http://collector:4317"


def test_settings_do_not_print_what_may_hold_a_password():
    """A6."""
    assert "hunter2" not in repr(read(ServiceSettings))
