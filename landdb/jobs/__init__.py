"""Long work that survives its workers.

A kind of work is a class with phases; a phase is cut into chunks. A chunk is claimed with a row lock and
done in the same transaction that marks it done: a worker that dies leaves the chunk as it was, and two never
do the same.
"""

from .kinds import JobKind, kind_of, register
from .start import cancel, retry, start

__all__ = ["JobKind", "cancel", "kind_of", "register", "retry", "start"]
