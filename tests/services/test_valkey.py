"""Our own Valkey, for real."""

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import redis

from landdb.services import cli, foreground, processes, valkey
from landdb.services.foreground import Done


def test_it_starts_once_and_stops(var: Path) -> None:
    first = valkey.ensure(var)
    assert first.started
    assert not valkey.ensure(var).started
    client = redis.Redis.from_url(first.url)
    assert client.config_get("port") == {"port": "0"}
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    first.stop()
    assert processes.find(var, valkey.NAME) is None


def test_what_was_queued_survives_kill_9(var: Path) -> None:
    redis.Redis.from_url(valkey.ensure(var).url).rpush("queue", "task")
    time.sleep(1.2)  # it writes its file every second
    record = processes.find(var, valkey.NAME)
    assert record
    os.kill(record.pid, signal.SIGKILL)
    again = valkey.ensure(var)
    assert again.started
    assert redis.Redis.from_url(again.url).lrange("queue", 0, -1) == [b"task"]
    valkey.empty(var)
    assert redis.Redis.from_url(again.url).llen("queue") == 0


def test_a_queue_that_is_named_is_used_and_nothing_started(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://queue.example:6379/1")
    given = valkey.ensure(var)
    assert (given.url, given.started) == ("redis://queue.example:6379/1", False)
    assert list(var.iterdir()) == []


def test_one_that_dies_while_a_command_works_is_started_again(
    var: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def command(env: Mapping[str, str], *_arguments: str) -> Done:
        record = processes.find(var, valkey.NAME)
        assert record
        processes.send(record, signal.SIGKILL)
        client, end = redis.Redis.from_url(env["REDIS_URL"]), time.monotonic() + 60
        while time.monotonic() < end:
            try:
                return Done(0 if client.ping() and processes.find(var, valkey.NAME) != record else 1)
            except redis.ConnectionError:
                time.sleep(0.1)
        return Done(1)

    monkeypatch.setattr(foreground, "manage", command)
    assert cli._manage(var, ["check"]) == 0
    assert "valkey had died and was started again." in capsys.readouterr().err
