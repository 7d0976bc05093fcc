"""The programs landdb stands on (PostgreSQL, Valkey, worker, web), started and stopped.

Nothing here knows Django. Everything lives in one folder, LANDDB_VAR, and listens on Unix sockets
or the loopback address only.
"""


class ServiceError(Exception):
    """Something that a person can put right, in one plain sentence (and the log's last lines)."""
