"""Our own Valkey, for real."""

import os
import signal
import time
from pathlib import Path

import pytest
import redis

from landdb.services import processes, valkey


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
