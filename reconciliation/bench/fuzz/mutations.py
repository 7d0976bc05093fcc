"""What becomes of a good file on its way: bytes, archives, tables, encodings. Each draws from `rng` alone."""

from __future__ import annotations

import io
import random
import re
import warnings
import zipfile
from collections.abc import Callable

from landdb.intake.archives import DAMAGED

Mutation = Callable[[bytes, random.Random], bytes]

_SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml$")
_BOMB_MB = 48


# ---- bytes ----


def truncated(content: bytes, rng: random.Random) -> bytes:
    """A copy that broke off."""
    return content[: rng.randrange(len(content) + 1)]


def flipped(content: bytes, rng: random.Random) -> bytes:
    """Some bits of a bad memory stick."""
    changed = bytearray(content)
    for _n in range(rng.choice((1, 3, 30)) if changed else 0):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def spliced(content: bytes, rng: random.Random) -> bytes:
    """A piece of the file once more in another place."""
    if not content:
        return content
    start, length, at = rng.randrange(len(content)), rng.randrange(1, 4096), rng.randrange(len(content))
    return content[:at] + content[start : start + length] + content[at:]


def padded(content: bytes, rng: random.Random) -> bytes:
    """Something before or behind the file."""
    junk = bytes(rng.randrange(256) for _n in range(rng.randrange(1, 200)))
    return junk + content if rng.random() < 0.5 else content + junk


def emptied(content: bytes, rng: random.Random) -> bytes:
    """Nothing, blanks, or the first bytes alone."""
    return rng.choice((b"", b"\r\n \t", b"\xef\xbb\xbf", content[:4], content[:30], b"\x00" * 5000))


def huge(content: bytes, rng: random.Random) -> bytes:
    """Over 20 MB."""
    return content + bytes(rng.randrange(256) for _n in range(64)) * (22 * 2**20 // 64)


# ---- archives ----


def _repacked(content: bytes, change: Callable[[str, bytes], bytes | None], **more: bytes) -> bytes:
    """The archive with each part as `change` gives it (None: left out), and further parts."""
    packed = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as source,
            zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as to,
        ):
            for part in source.infolist():
                kept = change(part.filename, source.read(part))
                if kept is not None:
                    to.writestr(part.filename, kept)
            with warnings.catch_warnings(action="ignore"):  # a part twice is what is wanted
                for name, extra in more.items():
                    to.writestr(name, extra)
    except DAMAGED:
        return content
    return packed.getvalue()


def part_missing(content: bytes, rng: random.Random) -> bytes:
    """An archive without one of its parts."""
    names = _names(content)
    gone = rng.choice(names) if names else ""
    return _repacked(content, lambda name, kept: None if name == gone else kept)


def part_twice(content: bytes, rng: random.Random) -> bytes:
    """Two parts of one name."""
    names = _names(content)
    return _repacked(content, lambda _name, kept: kept, **({rng.choice(names): b"<x/>"} if names else {}))


def part_garbled(content: bytes, rng: random.Random) -> bytes:
    """XML that breaks off, or never was any."""
    names = _names(content)
    hit = rng.choice(names) if names else ""
    return _repacked(content, lambda name, kept: _broken(kept, rng) if name == hit else kept)


def _broken(content: bytes, rng: random.Random) -> bytes:
    kind = rng.randrange(4)
    if kind == 0:
        return content[: rng.randrange(len(content) + 1)]
    if kind == 1:
        return flipped(content, rng)
    return rng.choice((b"", b"\x00" * 100, b"<a>" * 20_000, b'<?xml version="1.0"?><x>&#0;</x>'))


def bomb(content: bytes, rng: random.Random) -> bytes:
    """A part that inflates a thousandfold, or just under what is suspicious."""
    if rng.random() < 0.5:
        return _repacked(content, lambda _name, kept: kept, **{"xl/media/x.xml": b" " * (_BOMB_MB * 2**20)})
    row = b"<row><c><v>1</v></c></row>" * 40 * 2**10
    return _in_sheet(
        content, lambda sheet: sheet.replace(b"</sheetData>", row * rng.randrange(1, 40) + b"</sheetData>")
    )


def entities(content: bytes, rng: random.Random) -> bytes:
    """A billion laughs, or a look at the server's own files."""
    bad = rng.choice(
        (
            b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
            b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        )
    )
    return _in_sheet(content, lambda sheet: sheet.replace(b"<worksheet", bad + b"<worksheet", 1))


def macros(content: bytes, rng: random.Random) -> bytes:
    """A workbook that carries a program, or a link to another file."""
    extra = rng.choice(
        (
            {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"x" * 500},
            {"xl/externalLinks/externalLink1.xml": b'<externalLink><x r:id="rId1"/></externalLink>'},
            {"../../etc/passwd": b"root"},
            {"xl/embeddings/oleObject1.bin": b"MZ" + b"\x00" * 400},
        )
    )
    return _repacked(content, lambda _name, kept: kept, **extra)


def formulas(content: bytes, rng: random.Random) -> bytes:
    """Cells that calculate, call other programs, or show an error."""
    bad = rng.choice(
        (
            b"<f>HYPERLINK(&quot;http://x&quot;)</f><v>1</v>",
            b"<f>cmd|&apos;/C calc&apos;!A0</f>",
            b"<f>1/0</f><v>#DIV/0!</v>",
            b"<f>[1]Sheet1!A1</f><v>x</v>",
            b"<f>TRIM(B5)</f>",
            b"<f>TRIM(B5)</f><v/>",
            b'<f t="shared" si="0"/>',
        )
    )
    return _in_sheet(content, lambda sheet: _some(rb"<v>[^<]*</v>|<is>.*?</is>", bad, sheet, rng))


def far_cells(content: bytes, rng: random.Random) -> bytes:
    """A cell at the other end of the sheet, rows without numbers, columns beyond the last."""
    bad = rng.choice(
        (
            b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
            b'<row r="99999999"><c r="A99999999"><v>1</v></c></row>',
            b"<row>" + b"<c><v>1</v></c>" * 20_000 + b"</row>",
            b'<row r="0"><c r="A0"><v>1</v></c></row>',
        )
    )
    return _in_sheet(content, lambda sheet: sheet.replace(b"</sheetData>", bad + b"</sheetData>"))


def many_rows(content: bytes, rng: random.Random) -> bytes:
    """More rows than anybody may send."""
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="n"><v>%d</v></c></row>' % (n, n, n) for n in range(5_000, 65_000)
    )
    return _in_sheet(content, lambda sheet: sheet.replace(b"</sheetData>", rows + b"</sheetData>"))


def cells(content: bytes, rng: random.Random) -> bytes:
    """Other values in some cells: long, wrong, of other types."""
    bad = rng.choice(
        (
            b"<v>1e308</v>", b"<v>-1</v>", b"<v>NaN</v>", b"<v>999999999999</v>", b"<v></v>",
            b"<v>45000.7</v>",
            b"<is><t>" + b"a" * 40_000 + b"</t></is>", b"<is><t>\xe2\x80\xae\xef\xbb\xbf\x01</t></is>",
            "<is><t>TrÇn ThÞ Hßa</t></is>".encode(), b"<is><t>&#x10FFFF;</t></is>",
        )
    )  # fmt: skip
    return _in_sheet(content, lambda sheet: _some(rb"<v>[^<]*</v>|<is>.*?</is>", bad, sheet, rng))


def merged(content: bytes, rng: random.Random) -> bytes:
    """Merged cells over header and rows, overlapping, or beyond the sheet."""
    spans = rng.choice((b"A1:Z9", b"A1:XFD1048576", b"B2:A1", b"A1", b'A1:C3"/><mergeCell ref="B2:D4'))
    bad = b'</sheetData><mergeCells><mergeCell ref="' + spans + b'"/></mergeCells>'
    return _in_sheet(content, lambda sheet: sheet.replace(b"</sheetData>", bad, 1))


def _in_sheet(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    return _repacked(content, lambda name, kept: change(kept) if _SHEET.search(name) else kept)


def _some(pattern: bytes, bad: bytes, sheet: bytes, rng: random.Random) -> bytes:
    share = rng.choice((0.01, 0.2, 1.0))
    return re.sub(pattern, lambda found: bad if rng.random() < share else found[0], sheet)


def _names(content: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.namelist()
    except DAMAGED:
        return []


# ---- text ----


def other_encoding(content: bytes, rng: random.Random) -> bytes:
    """UTF-16, an old code page, or half of each."""
    text = content.decode("utf-8-sig", "replace")
    encoded = text.encode(
        rng.choice(("utf-16", "utf-16-le", "cp1258", "cp1252", "utf-7", "utf-32")), "replace"
    )
    return encoded if rng.random() < 0.8 else content[: len(content) // 2] + encoded


def lines(content: bytes, rng: random.Random) -> bytes:
    """Lines shuffled, doubled, lost, joined; other ends of line."""
    rows = content.splitlines(keepends=True)
    rng.shuffle(rows)
    end = rng.choice((b"\r", b"\n", b"\r\n", b"", b"\x00"))
    return b"".join(row.rstrip(b"\r\n") + end for row in rows if rng.random() < 0.9)


def separators(content: bytes, rng: random.Random) -> bytes:
    """Other separators, quotation marks left open, cells that begin a formula."""
    old, new = rng.choice(
        ((b",", b";"), (b",", b"\t"), (b",", b'",'), (b",", b",="), (b"-", b'"'), (b",", b""))
    )
    return content.replace(old, new, rng.choice((-1, 3, 200)))


def wide(content: bytes, rng: random.Random) -> bytes:
    """A line with very many cells, or one very long cell."""
    return content + rng.choice((b"," * 2_000_000, b"x" * 5_000_000, b'"' + b"y\n" * 400_000)) + b"\n"


def endless(content: bytes, rng: random.Random) -> bytes:
    """More lines than anybody may send."""
    return content + b"a,b,c\n" * 400_000


BYTES: tuple[Mutation, ...] = (truncated, flipped, spliced, padded, emptied, huge)
ARCHIVES: tuple[Mutation, ...] = (part_missing, part_twice, part_garbled, bomb, macros)
SHEETS: tuple[Mutation, ...] = (entities, formulas, far_cells, many_rows, cells, merged)
TEXTS: tuple[Mutation, ...] = (other_encoding, lines, separators, wide, endless)


def of(content: bytes) -> tuple[Mutation, ...]:
    """The mutations that make sense of a file."""
    if not content.startswith(b"PK"):
        return (*BYTES, *TEXTS)
    return (*BYTES, *ARCHIVES, *SHEETS) if b"xl/workbook.xml" in content else (*BYTES, *ARCHIVES)


def mutated(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    """The file after one to three mutations, and their names."""
    named = []
    for _n in range(rng.choice((1, 1, 2, 3))):
        change = rng.choice(of(content))
        content = change(content, rng)
        named.append(change.__name__)
    return content, "+".join(named)
