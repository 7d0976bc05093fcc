"""How the first page of a typed PDF begins, read in a process of its own with a lid on its memory and time.

Fonts and forms can ask in a few bytes for endless work; here that ends a child and nothing else. The child
runs this file alone (`python -I typed_pages.py PATH`). No Django here.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import unicodedata
from pathlib import Path

#: Bytes of address space, seconds of a processor, seconds altogether.
_MEMORY, _PROCESSOR, _SECONDS = 512 * 2**20, 5, 10
#: Letters and lines that are shown at most; bytes to which anything in the PDF may be unpacked for them.
MOST_LETTERS, MOST_LINES = 1_500, 40
_MOST_UNPACKED = 4_000_000


def beginning(path: Path) -> str:
    """The first lines of the first page; '' where none can be read, or not within the limits."""
    command = [sys.executable, "-I", __file__, str(path)]
    try:
        done = subprocess.run(command, check=False, capture_output=True, timeout=_SECONDS)  # noqa: S603
    except subprocess.TimeoutExpired:
        return ""
    return "" if done.returncode else _tidy(done.stdout.decode("utf8", "ignore"))


def _tidy(text: str) -> str:
    """As lines of words: nothing that cannot be seen, no empty line; '' where there is no letter among it."""
    lines = ("".join(each if each.isprintable() else " " for each in line) for line in text.splitlines())
    words = [" ".join(line.split()) for line in lines]
    told = _cut("\n".join([line for line in words if line][:MOST_LINES]), MOST_LETTERS)
    return unicodedata.normalize("NFC", told) if any(map(str.isalpha, told)) else ""


def _cut(text: str, most: int) -> str:
    """Between words: half a number would no longer be known as one, and masked."""
    return text if len(text) <= most else text[: most + 1].rpartition(" ")[0]


def main(path: str) -> int:
    """Write how the first page begins to standard output."""
    for limit, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _PROCESSOR),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    import pypdf

    with pypdf.apply_configuration(
        zlib_maximum_output_length=_MOST_UNPACKED,
        lzw_maximum_output_length=_MOST_UNPACKED,
        run_length_maximum_output_length=_MOST_UNPACKED,
        array_based_stream_maximum_output_length=_MOST_UNPACKED,
        stream_parsing_work_maximum_count=500_000,
        xform_maximum_invocations_per_extraction=100,
    ):
        document = pypdf.PdfReader(path)
        if document.is_encrypted and not document.decrypt(""):
            return 1
        text = document.pages[0].extract_text()
    sys.stdout.buffer.write(_cut(text, MOST_LETTERS * 4).encode("utf8", "ignore"))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
