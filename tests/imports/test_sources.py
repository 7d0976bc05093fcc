from __future__ import annotations

from pathlib import Path

import pytest

from landdb.intake.outcome import Refused
from landdb.intake.sources import Kind, examine


def test_the_line_of_a_wrong_byte_is_told_also_far_into_the_file_and_between_two_blocks(
    tmp_path: Path,
) -> None:
    path = tmp_path / "long.csv"
    lines = b"a,b\n" * (2**18 - 1) + b"a,\xc3"  # the letter begins at the end of a block and never ends
    path.write_bytes(lines.rjust(2**20, b"\n") + b"\n" + b"a,b\n" * 9)
    with pytest.raises(Refused) as raised:
        examine(path)
    line = path.read_bytes().split(b"\xc3")[0].count(b"\n") + 1
    assert f"dòng {line})" in str(raised.value)


def test_a_letter_between_two_blocks_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "good.csv"
    path.write_bytes(b"a" * (2**20 - 1) + "ế\n".encode())
    assert examine(path).kind == Kind.CSV
    assert examine(path).size == 2**20 + 3


def test_a_table_has_lines_of_bearable_length(tmp_path: Path) -> None:
    path = tmp_path / "endless.csv"
    path.write_bytes(b"a," * 2**26)
    with pytest.raises(Refused, match="dòng quá dài"):
        examine(path)
