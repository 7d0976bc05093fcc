"""Processes that test side by side share no queue and no folder; loaded before the settings are read."""

import os
from pathlib import Path

#: pytest-xdist's name for this process: gw0, gw1, …; absent where all tests run in one.
NAME = os.environ.get("PYTEST_XDIST_WORKER", "")

if NAME and os.environ.get("LANDDB_TESTING"):
    os.environ["LANDDB_VAR"] = str(Path(os.environ["LANDDB_VAR"]) / NAME)
    # The name is what the queue's client calls its databases; 0 is what a run in one process uses.
    os.environ["REDIS_URL"] += f"?virtual_host={int(NAME.removeprefix('gw')) + 1}"
