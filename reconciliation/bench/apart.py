"""Work in a process of its own, so that its memory is its own and gone afterwards."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import django
from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction

Made = TypeVar("Made")


def say(words: str) -> None:
    """To the person at the keyboard; standard output is for programs."""
    print(words, file=sys.stderr, flush=True)


@contextmanager
def timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    """Note how long the block takes."""
    started = time.monotonic()
    yield
    seconds[name] = round(time.monotonic() - started, 2)


@contextmanager
def taken_back() -> Iterator[None]:
    """Nothing that the block writes stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def call(work: Callable[..., Made], *arguments: object) -> Made:
    """`work` done in a fresh process that knows the models; work and arguments must be picklable."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh, initializer=django.setup) as pool:
        return pool.submit(work, *arguments).result()


def manage(command: str, *arguments: str) -> dict[str, Any]:
    """Run a command of manage.py with --json; what it printed."""
    line = [sys.executable, str(settings.BASE_DIR / "manage.py"), command, *arguments, "--json"]
    done = subprocess.run(line, check=False, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own program
    if done.returncode:
        raise CommandError(f"{command} ended with an error; the reason is above.")
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told
