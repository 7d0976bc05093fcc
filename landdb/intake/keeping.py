"""Uploaded files kept outside the web root under their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings


def keep(blocks: Iterable[bytes], suffix: str) -> tuple[Path, str, int]:
    """Write a file under its SHA-256; its path, hash and size in bytes. The same file is kept once."""
    folder = Path(settings.FILES_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with NamedTemporaryFile(dir=folder, delete=False) as partial:
        try:
            for block in blocks:
                digest.update(block)
                size += len(block)
                partial.write(block)
        except BaseException:
            Path(partial.name).unlink()
            raise
    target = folder / f"{digest.hexdigest()}{suffix}"
    Path(partial.name).replace(target)
    return target, digest.hexdigest(), size
