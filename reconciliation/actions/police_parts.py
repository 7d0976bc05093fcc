"""The parts of a list, one for each receiver, and the ZIP in which they leave the house."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pyzipper
from django.conf import settings
from django.db import transaction

from landdb.intake import keeping
from landdb.models import AccessLog, User
from landdb.normalise.text import fold
from landdb.spreadsheets import csv_bytes

from ..models import VerificationBatch, VerificationLine, VerificationPart
from . import police_sheets
from .police_batches import Line, State

_NO_UNIT = "Chưa phân đơn vị"
_NO_COMMUNE = "Chưa rõ xã, phường"
_GROUPS = 6  # of four letters: 118 random bits


class Whose(NamedTuple):
    """Who gets a part: a commune's police, a police unit, or (both empty) whoever gets the whole."""

    commune: int | None
    unit: int | None


@transaction.atomic
def prepare(batch: VerificationBatch) -> dict[str, int]:
    """Write the files of every part, and the checksums; the lines that were left out are not in them."""
    held = VerificationBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if held.state != State.ISSUING or held.parts.exists():
        return {}
    lines = held.lines.exclude(state=Line.LEFT_OUT).select_related("commune", "unit").order_by("number")
    by_whom: dict[Whose, list[VerificationLine]] = {}
    for line in lines.iterator(5_000):
        by_whom.setdefault(_whose(held, line), []).append(line)
    parts = [_part(held, whose, found) for whose, found in by_whom.items()]
    VerificationPart.objects.bulk_create(parts)
    whole = police_sheets.as_csv([police_sheets.row_of(line) for line in lines.iterator(5_000)])
    held.checksum = police_sheets.checksum(whole)
    held.save(update_fields=["checksum"])
    return {"parts": len(parts)}


def _whose(batch: VerificationBatch, line: VerificationLine) -> Whose:
    if batch.split == VerificationBatch.Split.COMMUNE:
        return Whose(line.commune_id, None)
    return Whose(None, line.unit_id if batch.split == VerificationBatch.Split.UNIT else None)


def _part(batch: VerificationBatch, whose: Whose, lines: list[VerificationLine]) -> VerificationPart:
    first = lines[0]
    names = {
        VerificationBatch.Split.WHOLE: "Toàn bộ danh sách",
        VerificationBatch.Split.COMMUNE: f"Công an {first.commune}" if first.commune else _NO_COMMUNE,
        VerificationBatch.Split.UNIT: first.unit.name if first.unit else _NO_UNIT,
    }
    name = names[VerificationBatch.Split(batch.split)]
    rows = [police_sheets.row_of(line) for line in lines]
    text, mark, _size = keeping.keep([police_sheets.as_csv(rows)], ".csv")
    book, _hash, _size = keeping.keep([police_sheets.workbook(batch, name, rows, mark)], ".xlsx")
    return VerificationPart(
        batch=batch,
        commune_id=whose.commune,
        unit_id=whose.unit,
        name=name[:120],
        lines=len(lines),
        checksum=mark,
        workbook=book.name,
        csv=text.name,
    )


def parts_for(batch: VerificationBatch, user: User) -> list[VerificationPart]:
    """The parts that a user may have: all of whose people live in the territory."""
    parts = list(batch.parts.select_related("commune"))
    within = user.commune_ids()
    if within is None:
        return parts
    if batch.split == VerificationBatch.Split.COMMUNE:
        return [part for part in parts if part.commune_id in within]
    outside = batch.lines.exclude(state=Line.LEFT_OUT).exclude(commune__in=within)
    if batch.split == VerificationBatch.Split.WHOLE:
        return [] if outside.exists() else parts
    theirs = set(outside.order_by().values_list("unit", flat=True).distinct())
    return [part for part in parts if part.unit_id not in theirs]


def packed(
    batch: VerificationBatch, parts: Iterable[VerificationPart], *, by: User, reason: str, password: str = ""
) -> bytes:
    """A ZIP of workbooks and CSVs, logged; encrypted (AES-256) with the password, which nobody keeps."""
    chosen = list(parts)
    files: list[tuple[str, bytes]] = []
    listed = [["Tệp", "Phần", "Số người", "SHA-256 của tệp"]]
    for number, part in enumerate(chosen, 1):
        stem = f"{batch.number}-{number:03d}-{_file_name(part.name)}"
        for name, kept in ((f"{stem}.xlsx", part.workbook), (f"{stem}.csv", part.csv)):
            content = _kept(kept)
            files.append((name, content))
            listed.append([name, part.name, str(part.lines), police_sheets.checksum(content)])
    files.append(("muc-luc.csv", csv_bytes(listed)))
    target = io.BytesIO()
    with pyzipper.AESZipFile(target, "w", compression=pyzipper.ZIP_DEFLATED) as archive:
        if password:
            archive.setencryption(pyzipper.WZ_AES, nbits=256)
            archive.setpassword(password.encode())
        for name, content in files:
            archive.writestr(name, content)
    AccessLog.objects.bulk_create(
        AccessLog(
            user=by,
            action=AccessLog.Action.EXPORT,
            subject="police_list",
            subject_id=batch.pk,
            commune_id=part.commune_id,
            reason=reason[:300],
        )
        for part in chosen
    )
    return target.getvalue()


def new_password() -> str:
    """A password that can be told over the telephone."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _n in range(4)) for _group in range(_GROUPS))


def _kept(name: str) -> bytes:
    return (Path(settings.FILES_DIR) / name).read_bytes()


def _file_name(name: str) -> str:
    return fold(name).replace(" ", "-")[:60] or "phan"
