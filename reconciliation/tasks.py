"""Kinds of long work of this room; each announces itself to `landdb.jobs`."""
