"""Packed files that come out byte by byte the same: fixed times, fixed order, fixed properties."""

from __future__ import annotations

import io
import re
import zipfile

#: The first day that a ZIP knows.
_DAY_ONE = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_CREATED = re.compile(rb"(<dcterms:created[^>]*>)[^<]*(</dcterms:created>)")


def fixed(packed: bytes, stamp: str) -> bytes:
    """The same members without the moment at which they were written; `stamp` stands as when it was made."""
    told = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as source, zipfile.ZipFile(told, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                for pattern in (_MODIFIED, _CREATED):
                    content = pattern.sub(rb"\g<1>" + stamp.encode() + rb"\g<2>", content)
            entry = zipfile.ZipInfo(name, _DAY_ONE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            # On whatever system it is packed.
            entry.create_system = 3
            target.writestr(entry, content, compresslevel=6)
    return told.getvalue()
