"""Which land users are one person, and which numbers stand with several: looked for, put together, kept."""

from .refresh import entries_of, refresh, refresh_all, words_on

__all__ = ["entries_of", "refresh", "refresh_all", "words_on"]
