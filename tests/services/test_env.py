"""What the readers of the environment take, and what they say to the rest."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landdb import env
from landdb.env import EnvError

NAME = "LANDDB_TRIAL"
Reader = Callable[[], Any]


def small() -> Any:
    return env.integer(NAME, at_least=1, at_most=10)


def colour() -> Any:
    return env.choice(NAME, ["red", "green"])


def database() -> Any:
    return env.url(NAME, schemes=["postgresql", "unix"])


@pytest.mark.parametrize(
    ("reader", "value", "expected"),
    [
        (lambda: env.text(NAME), "  two words ", "two words"),
        (small, "1", 1),
        (small, " 10 ", 10),
        (small, "+7", 7),
        (lambda: env.integer(NAME), "-3", -3),
        (lambda: env.flag(NAME), "1", True),
        (lambda: env.flag(NAME), "Yes", True),
        (lambda: env.flag(NAME), "ON", True),
        (lambda: env.flag(NAME), "false", False),
        (lambda: env.flag(NAME), "0", False),
        (lambda: env.path(NAME), "/", Path("/")),
        (lambda: env.path(NAME), "~", Path.home().resolve()),
        (lambda: env.path(NAME), "some/../folder", Path.cwd() / "folder"),
        (database, "postgresql://u:p@host:5432/db?host=/run", "postgresql://u:p@host:5432/db?host=/run"),
        (database, "unix:///run/valkey.sock", "unix:///run/valkey.sock"),
        (colour, "green", "green"),
    ],
)
def test_it_reads(monkeypatch: pytest.MonkeyPatch, reader: Reader, value: str, expected: object) -> None:
    monkeypatch.setenv(NAME, value)
    assert reader() == expected


@pytest.mark.parametrize(
    ("reader", "value", "sentence"),
    [
        (small, "0", "LANDDB_TRIAL is '0'; it must be a whole number at least 1 and at most 10."),
        (small, "11", "LANDDB_TRIAL is '11'; it must be a whole number at least 1 and at most 10."),
        (small, "1.5", "LANDDB_TRIAL is '1.5'; it must be a whole number at least 1 and at most 10."),
        (small, "١", "LANDDB_TRIAL is '١'; it must be a whole number at least 1 and at most 10."),
        (lambda: env.integer(NAME), "many", "LANDDB_TRIAL is 'many'; it must be a whole number."),
        (lambda: env.integer(NAME), "9" * 30, f"LANDDB_TRIAL is '{'9' * 30}'; it must be a whole number."),
        (
            lambda: env.flag(NAME),
            "maybe",
            "LANDDB_TRIAL is 'maybe'; it must be one of 1, true, yes, on or 0, false, no, off.",
        ),
        (
            lambda: env.path(NAME, must_exist=True),
            "/no/such/folder",
            "LANDDB_TRIAL is '/no/such/folder'; it must be an existing file or folder.",
        ),
        (
            lambda: env.path(NAME),
            "~nobody-of-that-name/x",
            "LANDDB_TRIAL is '~nobody-of-that-name/x'; it must",
        ),
        (
            database,
            "mysql://u:secret@host/db",
            "LANDDB_TRIAL is 'mysql://u:***@host/db'; it must be an address that begins with "
            "postgresql:// or unix://.",
        ),
        (database, "postgresql:db", "LANDDB_TRIAL is 'postgresql:db'; it must be an address"),
        (database, "postgresql://host:port/db", "LANDDB_TRIAL is 'postgresql://host:port/db'; it must be"),
        (database, "postgresql://a b/db", "LANDDB_TRIAL is 'postgresql://a b/db'; it must be an address"),
        (colour, "blue", "LANDDB_TRIAL is 'blue'; it must be one of red, green."),
        (colour, "Red", "LANDDB_TRIAL is 'Red'; it must be one of red, green."),
    ],
)
def test_it_stops_on_nonsense(
    monkeypatch: pytest.MonkeyPatch, reader: Reader, value: str, sentence: str
) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(EnvError) as caught:
        reader()
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize("value", [None, "", "   "])
def test_what_is_unset_or_blank_takes_its_default(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv(NAME, raising=False)
    if value is not None:
        monkeypatch.setenv(NAME, value)
    assert env.integer(NAME, default=8000, at_most=10) == 8000
    assert env.text(NAME, default=None) is None
    with pytest.raises(EnvError, match=r"LANDDB_TRIAL is not set; it must be some text\."):
        env.text(NAME)
