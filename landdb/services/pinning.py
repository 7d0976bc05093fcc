"""`./run lock`: pins the requirements again."""

# ruff: noqa: S603 - running programs is what this file is for; none of their names come from outside

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from landdb.services import ServiceError
from landdb.services.demo import say
from landdb.services.folders import ROOT

FILES = ("requirements", "requirements-dev")
# One file for every machine landdb may run on, and no word of where packages came from.
OPTIONS = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--quiet")


def lock(arguments: Sequence[str]) -> int:
    """Write requirements*.txt from requirements*.in; further arguments (--upgrade) go to uv."""
    uv = Path(sys.executable).parent / "uv"
    for name in FILES:
        target = ROOT / f"{name}.txt"
        command = [str(uv), "pip", "compile", *OPTIONS, *arguments, f"{name}.in", "-o", target.name]
        if subprocess.run(command, cwd=ROOT, env=os.environ, check=False).returncode:
            raise ServiceError(f"{target.name} could not be made; the reason is above.")
        if hosts := re.findall(r"https?://\S+|file:\S+", target.read_text(encoding="utf-8")):
            raise ServiceError(f"{target.name} names a host, which it must not: {hosts[0]}")
        say(f"{target.name} is up to date.")
    return 0
