"""The register from official Form 01 workbooks (.xlsx): read, import, undo."""

from .archive import MAX_BYTES, MAX_ROWS
from .asking import Told, TooUnsure
from .entries import Reading
from .importing import import_register, put_in
from .reading import read
from .undo import bears_on, undo

__all__ = [
    "MAX_BYTES", "MAX_ROWS", "Reading", "Told", "TooUnsure", "bears_on", "import_register", "put_in", "read",
    "undo",
]  # fmt: skip
