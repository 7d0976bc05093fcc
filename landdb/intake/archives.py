"""What a ZIP archive makes of its reading where it is damaged, locked, or packed in an unusual way."""

import struct
import zipfile
import zlib

DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError,
    RuntimeError,
)  # fmt: skip
