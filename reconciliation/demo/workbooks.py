"""Form 01 workbooks as two communes would send them: known rows and new ones, and the usual mess."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from citizens.models import Resident
from landdb.models import AdminUnit
from landdb.reference.units import MERGER
from parcels.importers.form01 import layout
from parcels.models import Holding, LandUse

from . import names
from .draw import Topic, stream
from .places import Commune, communes
from .province import WORKBOOKS
from .writing import truth_path

#: Rows of holdings that the register knows, and rows that it does not, per workbook.
KNOWN, NEW = 220, 90
_FORMS = {
    "individual": "Cá nhân", "couple": "Vợ chồng", "household": "Hộ gia đình", "organisation": "Tổ chức",
    "community": "Cộng đồng dân cư",
}  # fmt: skip
_ROLES = {
    "holder": "Cá nhân", "husband": "Chồng", "wife": "Vợ", "head": "Chủ hộ",
    "member": "Thành viên hộ gia đình", "representative": "Người đại diện",
}  # fmt: skip
_WORDS = {"LUC": "Đất chuyên trồng lúa", "ONT": "Đất ở tại nông thôn", "ODT": "Đất ở tại đô thị"}

Row = dict[str, object]


def write(where: Path, seed: int) -> list[Path]:
    """One workbook in the layout of the ministry, one as an office lays it out; their paths."""
    written = []
    for place, code in enumerate(WORKBOOKS):
        commune = next(commune for commune in communes() if commune.code == code)
        rows = list(_messy(np.random.default_rng([seed, commune.number]), commune, _rows(commune, seed)))
        path = where / f"{code}_BieuMau01.xlsx"
        if place == 0:
            layout.write_v1(path, rows)
        else:
            title = f"BIỂU THU THẬP THÔNG TIN GIẤY CHỨNG NHẬN, {commune.name.upper()}"
            layout.write(path, rows, layout.Layout(depth=2, top=2, left=1, title=title))
        written.append(path)
    return written


def _rows(commune: Commune, seed: int) -> Iterator[Row]:
    """Known rows (some with what was missing filled in), then new ones."""
    unit = AdminUnit.objects.get(code=commune.code, valid_from=MERGER, valid_to=None)
    holdings = list(
        Holding.objects.filter(commune=unit, plot__state="live", plot__sheet__isnull=False)
        .exclude(plot__number=None)
        .select_related("plot", "land_user", "certificate")
        .order_by("id")[:KNOWN]
    )
    uses: dict[int, list[LandUse]] = {}
    for use in LandUse.objects.filter(plot__in={row.plot_id for row in holdings}).order_by("plot", "line"):
        uses.setdefault(use.plot_id, []).append(use)
    numbers = _true_numbers([row.land_user.source_key for row in holdings if row.land_user])
    for place, holding in enumerate(holdings):
        yield _known(commune, holding, uses.get(holding.plot_id, []), numbers if place % 3 == 0 else {})
    yield from _new(commune, seed)


def _true_numbers(keys: list[str]) -> dict[str, str]:
    """Twelve-digit numbers of land users: what a commune's police officer looked up for their form."""
    if not keys:
        return {}
    truth = pq.read_table(
        truth_path(),
        columns=["source_key", "resident_key"],
        filters=[("source_key", "in", keys)],
    )
    residents = dict(
        Resident.objects.filter(
            resident_key__in=[key for key in truth["resident_key"].to_pylist() if key]
        ).values_list("resident_key", "id_number")
    )
    pairs = zip(truth["source_key"].to_pylist(), truth["resident_key"].to_pylist(), strict=True)
    return {source: residents[resident] for source, resident in pairs if resident in residents}


def _known(commune: Commune, holding: Holding, uses: list[LandUse], numbers: dict[str, str]) -> Row:
    """A holding as it stands in the register, in the words of the form."""
    plot, user, paper = holding.plot, holding.land_user, holding.certificate
    row: Row = {
        "commune_code": commune.code,
        "serial": paper.serial_raw if paper else f"CHUACOGIAY_{commune.code}_{plot.sheet}_{plot.number}",
        "issued": paper.issued_raw if paper else None,
        "book_number": paper.book_number_raw if paper else None,
        "legal_form": _FORMS.get(holding.legal_form, ""),
        "role": _ROLES.get(holding.role, ""),
        "plot_code": plot.code,
        "certificate_sheet": holding.certificate_sheet,
        "certificate_plot": holding.certificate_plot,
        "sheet": plot.sheet,
        "number": plot.number,
        "plot_address": plot.address or f"{commune.name}, tỉnh Bắc Ninh",
        "legal_area": plot.legal_area,
        "plot_class": holding.plot_class,
        "guid": holding.guid,
    }
    if user and user.kind == "individual":
        row |= {
            "name": user.name_raw,
            "id_number": numbers.get(user.source_key, user.id_number_raw),
            "birth": user.birth_raw,
            "sex": user.sex_raw,
            "address": user.address_raw,
        }
    elif user:
        row |= {"organisation_name": user.name_raw, "organisation_number": user.id_number_raw}
    for line, use in enumerate(uses[:3], start=1):
        row |= {
            f"use{line}_purpose": use.purpose_raw,
            f"use{line}_area": use.area,
            f"use{line}_origin": use.origin_raw or "CNQ-CTT",
            f"use{line}_form": "Sử dụng riêng" if use.form == "private" else "Sử dụng chung",
            f"use{line}_term": use.term_raw or "Lâu dài",
        }
    return row


def _new(commune: Commune, seed: int) -> Iterator[Row]:
    """Holdings that nobody has seen before, on plots beyond the last number of their sheet."""
    rng = stream(seed, 20_000 + commune.number, Topic.HOLDERS)
    sex = rng.integers(0, 2, NEW)
    year = rng.integers(1945, 1995, NEW)
    surnames = names.vocabulary().surnames.draw(rng, NEW)
    random = rng.integers(0, 1_000_000, NEW)
    named = names.draw(rng, surnames, sex, year).joined(names.vocabulary().texts).to_pylist()
    for place in range(NEW):
        area = int(rng.integers(60, 400))
        purpose = ("ODT" if commune.is_urban else "ONT") if place % 2 else "LUC"
        yield {
            "commune_code": commune.code,
            "serial": f"BX {700_000 + place}",
            "issued": f"{int(rng.integers(1, 28)):02}/0{int(rng.integers(1, 9))}/2015",
            "book_number": f"CH0{4000 + place}",
            "name": named[place],
            "id_number": f"{commune.birth_code:03}{sex[place]}{year[place] % 100:02}{int(random[place]):06}",
            "birth": int(year[place]),
            "sex": ("Nam", "Nữ")[sex[place]],
            "address": f"Thôn Đông, {commune.name}, tỉnh Bắc Ninh",
            "legal_form": "Cá nhân",
            "role": "Cá nhân",
            "sheet": 1 + place % 3,
            "number": 900 + place,
            "plot_address": f"{commune.name}, tỉnh Bắc Ninh",
            "legal_area": area,
            "use1_purpose": purpose,
            "use1_area": area,
            "use1_origin": "CNQ-CTT",
            "use1_form": "Sử dụng riêng",
            "use1_term": "Lâu dài" if purpose != "LUC" else "Đến ngày 15/10/2063",
            "plot_class": "Loại 4",
        }


def _messy(rng: np.random.Generator, commune: Commune, rows: Iterator[Row]) -> Iterator[Row]:
    """The same rows as people send them: lost zeros, words for codes, two serials in a cell, sums between."""
    total = 0.0
    for place, row in enumerate(rows, start=1):
        row["no"] = place
        total += float(str(row.get("legal_area") or 0))
        yield _dirtied(int(rng.integers(0, 24)), commune, row)
        if place % 60 == 0:
            yield {"name": "Tổng cộng", "legal_area": round(total, 1)}
            yield {}
    yield {"name": "Tổng DT", "legal_area": round(total, 1)}


def _dirtied(turn: int, commune: Commune, row: Row) -> Row:
    """One habit per turn; most turns leave the row alone."""
    number: Any = row.get("id_number")
    if turn == 0:
        row["commune_code"] = int(commune.code)
    elif turn == 1 and str(number or "").isdigit():
        row["id_number"] = int(str(number))
    elif turn == 2 and row.get("use1_purpose") in _WORDS:
        row["use1_purpose"] = _WORDS[str(row["use1_purpose"])]
    elif turn == 3 and row.get("guid") is None:
        row["serial"] = f"{row['serial']}; BY 1{str(row['number']).zfill(5)}"
    elif turn == 4:
        row["plot_address"] = "#REF!"
    elif turn == 5:
        row["legal_area"] = str(row.get("legal_area") or "").replace(".", ",")
    elif turn == 6:
        row["serial"] = f"CHUACOGIAY_{commune.code}_{row.get('sheet')}_{row.get('number')}"
        row["issued"] = row["book_number"] = None
    elif turn == 7:
        row["book_number"] = "--\\--"
    elif turn == 8 and row.get("birth"):
        row["birth"] = f"01/01/{str(row['birth'])[-4:]}"
    return row
