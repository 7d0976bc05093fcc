"""How our PostgreSQL is set: for one busy batch and a few people, on a machine it shares."""

import os
import shutil
from pathlib import Path

from landdb import env

MB = 1024 * 1024
MEMORY = "LANDDB_DATABASE_MEMORY"
#: Tests make and empty many tables, and each time the server looks through all of its memory.
_TESTING = 512


def render(data: Path, socket_folder: Path, programs: Path, *, lasting: bool) -> str:
    """The text of `landdb.conf`, which the server reads after its own configuration."""
    safe = "on" if lasting else "off"
    memory = machine_memory()
    free = shutil.disk_usage(data).free // MB
    settings: dict[str, str | int] = {
        # No network: whoever may enter the socket's folder may enter the database.
        "listen_addresses": "",
        "unix_socket_directories": _quoted(socket_folder),
        "unix_socket_permissions": "0700",
        "max_connections": 60,
        "shared_buffers": f"{_own_memory(memory)}MB",
        "work_mem": f"{_within(8, memory // 64, 64)}MB",
        "maintenance_work_mem": f"{_within(64, memory // 12, 512)}MB",
        # Temporary tables of a large commune stay in memory.
        "temp_buffers": f"{_within(8, memory // 128, 64)}MB",
        "effective_cache_size": f"{_within(256, memory // 3, 6144)}MB",
        "max_locks_per_transaction": 128,
        # A load of millions of rows should not wait for a checkpoint, nor fill the disk.
        "wal_level": "minimal",
        "max_wal_senders": 0,
        "max_wal_size": f"{_within(256, free // 4, 8192)}MB",
        # Used log files are kept: a new one is filled with zeros first, while the writer waits.
        "min_wal_size": f"{_within(80, free // 32, 1024)}MB",
        "wal_buffers": "64MB",
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": "0.9",
        # After a power cut the last half second of commits may be gone, but nothing is damaged:
        # work that was queued is done again.
        "synchronous_commit": "off",
        "fsync": safe,
        "full_page_writes": safe,
        # What a killed worker had in hand is let go within this time, and not when its statement ends.
        "client_connection_check_interval": "1s",
        "random_page_cost": "1.1",
        "effective_io_concurrency": 64,
        # Compiling a query costs more than these queries gain from it.
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
        # Statements and the details of their errors hold names and numbers of people.
        "log_min_duration_statement": -1,
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_checkpoints": "off",
    }
    if lasting and _remembers(programs):
        # After a restart it reads back what it had in memory, beside its work: whoever comes first in
        # the morning should not wait for the disk.
        settings["shared_preload_libraries"] = "pg_prewarm"
    if _shared_memory() < 1024 * MB:
        # Containers often have 64 MB, too little for a parallel join.
        settings["dynamic_shared_memory_type"] = "mmap"
    return "".join(f"{name} = '{value}'\n" for name, value in settings.items())


def machine_memory() -> int:
    """What this machine has, in MB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MB


def _own_memory(memory: int) -> int:
    """What the server keeps in its own memory, in MB.

    An eighth of the machine unless told otherwise, taken only as data is read: what a demonstration may use
    of a machine that does other things, too. A province's own server gives it half (docs/scale.md).
    """
    default = _TESTING if env.flag("LANDDB_TESTING", default=False) else max(128, memory // 8)
    return env.integer(MEMORY, default=default, at_least=128, at_most=memory * 3 // 4)


def _remembers(programs: Path) -> bool:
    """Whether the module that reads the memory back comes with these programs."""
    modules = programs.parent / "lib"
    return any((folder / "pg_prewarm.so").is_file() for folder in (modules, modules / "postgresql"))


def _within(low: int, value: int, high: int) -> int:
    return max(low, min(value, high))


def _quoted(folder: Path) -> str:
    """A folder in a list of folders, in a configuration file: its quotes are doubled for both."""
    return '"' + str(folder).replace('"', '""').replace("'", "''") + '"'


def _shared_memory() -> int:
    try:
        return shutil.disk_usage("/dev/shm").total  # noqa: S108 - only its size
    except OSError:
        return 0
