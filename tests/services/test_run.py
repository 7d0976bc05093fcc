"""The door itself: what it does before there is an environment."""

import importlib.machinery
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from landdb.services.folders import ROOT


@pytest.fixture(scope="module")
def run() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("landdb_run", str(ROOT / "run"))
    spec = importlib.util.spec_from_loader("landdb_run", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    loader.exec_module(module)
    sys.dont_write_bytecode = before
    return module


def test_uv_is_told_what_pip_was_told(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "\n".join(
        [
            "global.index-url='https://mirror.example/simple'",
            "global.extra-index-url='https://a.example\\nhttps://b.example'",
            "global.find-links='/wheels /more'",
            "global.cert='/etc/old.pem'",
            ":env:.cert='/etc/ca.pem'",
            "user.name='nothing to do with it'",
        ]
    )
    monkeypatch.setattr(run, "call", lambda _command: said)
    assert run.pip_settings(["pip"]) == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "https://a.example https://b.example",
        "UV_FIND_LINKS": "/wheels,/more",
        "SSL_CERT_FILE": "/etc/ca.pem",
    }


def test_uv_itself_is_pinned_with_its_hashes(run: ModuleType) -> None:
    lines = run.pinned(ROOT / "requirements-dev.txt", "uv").splitlines()
    assert lines[0].startswith("uv==")
    assert all("--hash=sha256:" in line for line in lines[1:])
    assert len(lines) > 1


def test_an_environment_that_was_moved_is_made_anew(run: ModuleType, tmp_path: Path) -> None:
    files = [ROOT / "requirements.txt"]
    assert run.wanted_stamp(tmp_path / "a", files) == run.wanted_stamp(tmp_path / "a", files)
    assert run.wanted_stamp(tmp_path / "a", files) != run.wanted_stamp(tmp_path / "b", files)
    assert not run.works(tmp_path)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_pinned_requirements_name_no_host(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "file:" not in text


def door(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "run"), *arguments]
    return subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=False)


def test_nonsense_is_answered_with_a_sentence(var: Path) -> None:
    wrong = door("manage", "check", LANDDB_VAR="~nobody-of-that-name")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr.startswith("LANDDB_VAR is '~nobody-of-that-name'; it must be a folder")
    unknown = door("frobnicate", LANDDB_VAR=str(var), LANDDB_VENV=sys.prefix)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert unknown.stderr.startswith("There is no command 'frobnicate'.")
    many = door("demo", "--plots", "many", LANDDB_VAR=str(var), LANDDB_VENV=sys.prefix)
    assert (many.returncode, many.stdout) == (2, "")
    assert "'many' is not a whole number from 1 to 10000000" in many.stderr
    assert list(var.iterdir()) == []


def test_the_first_command_on_a_new_folder_finds_its_tables(var: Path) -> None:
    asked = ("manage", "export_matches", str(var / "matches.csv"), "--json")
    done = door(*asked, LANDDB_VAR=str(var), LANDDB_VENV=sys.prefix)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["land_users"] == 0
