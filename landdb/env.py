"""Typed readers of the environment, which stop on nonsense.

    PORT = env.integer("LANDDB_PORT", default=8000, at_least=1, at_most=65535)

A variable that is unset or blank takes its default; without a default it must be set. What cannot
be read raises `EnvError`, whose text names the variable, its value and what would be accepted.
"""

import os
import re
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

TRUE = ("1", "true", "yes", "on")
FALSE = ("0", "false", "no", "off")

Value = TypeVar("Value")
Default = TypeVar("Default")


class EnvError(ValueError):
    """An environment variable that cannot be used, in one sentence."""


class Missing(Enum):
    """The default of a variable that must be set."""

    REQUIRED = 0


REQUIRED: Final = Missing.REQUIRED


def text(name: str, default: Default | Missing = REQUIRED) -> str | Default:
    """Any text, without the blanks around it."""
    return _read(name, default, str, "some text")


def integer(
    name: str,
    default: Default | Missing = REQUIRED,
    *,
    at_least: int | None = None,
    at_most: int | None = None,
) -> int | Default:
    """A whole number, within its bounds."""
    bounds = [f"at least {at_least}"] if at_least is not None else []
    bounds += [f"at most {at_most}"] if at_most is not None else []

    def parse(value: str) -> int:
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", value):
            raise ValueError
        number = int(value)
        if (at_least is not None and number < at_least) or (at_most is not None and number > at_most):
            raise ValueError
        return number

    return _read(name, default, parse, " ".join(["a whole number", " and ".join(bounds)]).strip())


def flag(name: str, default: Default | Missing = REQUIRED) -> bool | Default:
    """Yes or no."""

    def parse(value: str) -> bool:
        if value.lower() not in TRUE + FALSE:
            raise ValueError
        return value.lower() in TRUE

    return _read(name, default, parse, f"one of {', '.join(TRUE)} or {', '.join(FALSE)}")


def path(name: str, default: Default | Missing = REQUIRED, *, must_exist: bool = False) -> Path | Default:
    """A file or folder, made absolute; `~` is the home of whoever runs this."""

    def parse(value: str) -> Path:
        try:
            found = Path(value).expanduser().resolve()
        except (RuntimeError, OSError):  # no such user's home; links in a circle
            raise ValueError from None
        if must_exist and not found.exists():
            raise ValueError
        return found

    return _read(name, default, parse, f"{'an existing' if must_exist else 'a'} file or folder")


def url(
    name: str, default: Default | Missing = REQUIRED, *, schemes: Iterable[str] = ("http", "https")
) -> str | Default:
    """An address of one of these schemes, as it was written."""
    accepted = tuple(schemes)

    def parse(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in accepted or not value.startswith(f"{parts.scheme}://"):
            raise ValueError
        if re.search(r"\s", value) or (parts.port or 1) < 1:  # .port raises when it is no number
            raise ValueError
        return value

    return _read(name, default, parse, f"an address that begins with {_or(f'{s}://' for s in accepted)}")


def choice(name: str, choices: Iterable[str], default: Default | Missing = REQUIRED) -> str | Default:
    """One of these words, written just so."""
    accepted = tuple(choices)

    def parse(value: str) -> str:
        if value not in accepted:
            raise ValueError
        return value

    return _read(name, default, parse, f"one of {', '.join(accepted)}")


def _read(
    name: str, default: Default | Missing, parse: Callable[[str], Value], accepted: str
) -> Value | Default:
    value = os.environ.get(name, "").strip()
    if not value:
        if isinstance(default, Missing):
            raise EnvError(f"{name} is not set; it must be {accepted}.")
        return default
    try:
        return parse(value)
    except ValueError:
        raise EnvError(f"{name} is {_shown(value)}; it must be {accepted}.") from None


def _shown(value: str) -> str:
    """The value as it may be printed: the password of an address is nobody's business."""
    return repr(re.sub(r"(://[^:/@]*):.*@", r"\1:***@", value))


def _or(words: Iterable[str]) -> str:
    return " or ".join(words)
