"""What a day brings in workbooks: sent, read, approved or sent back, applied and taken back."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from landdb import jobs
from landdb.models import Role
from parcels.importers.form01.layout import write_v1
from parcels.models import Certificate, Holding, LandUser, Plot
from reconciliation.actions import row_words, uploads
from reconciliation.models import CorrectionBatch
from tests import factories as make

from .any_day import Day

Row = dict[str, Any]
State = CorrectionBatch.State


def send(day: Day) -> None:
    """A commune sends a workbook: rows as they stand, changed ones, moved ones and new ones."""
    commune = day.chance.choice(day.communes)
    held = list(Holding.objects.filter(commune=commune, plot__state="live").order_by("pk"))
    rows = [row_of(each) for each in day.chance.sample(held, min(3, len(held)))]
    for row in rows:
        for _n in range(day.chance.randint(0, 2)):
            row |= accident(day)
    rows += [new_row(day, commune.code) for _n in range(day.chance.randint(0, 2))]
    if day.chance.random() < 0.5 and rows:
        rows[-1] |= accident(day)
    if not rows:
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bieu.xlsx"
        write_v1(path, rows)
        file = SimpleUploadedFile("bieu.xlsx", path.read_bytes())
    official = make.make_user(Role.COMMUNE_OFFICIAL, commune=commune)
    batch = uploads.receive(file, commune, by=official)
    jobs.start("read_upload", by=official, batch=batch.pk)


def answer(day: Day) -> None:
    """A reviewer has the workbooks that wait applied, seldom sent back."""
    for batch in CorrectionBatch.objects.filter(state=State.CHECKED).order_by("pk"):
        if not batch.lines.filter(state="proposed").exists():
            uploads.drop(batch)
            continue
        sent = uploads.send(batch, by=batch.uploaded_by)
        if sent.state == State.APPLYING:
            jobs.start("apply_upload", by=batch.uploaded_by, batch=batch.pk)
            continue
        row_words.tick(sent, list(sent.lines.values_list("pk", flat=True)), by=day.reviewer, is_approved=True)
        if not sent.lines.exclude(kind="holder").filter(state="proposed").exists():
            uploads.send_back(sent, by=day.reviewer, reason="việc của bàn xét duyệt")
            continue
        if day.chance.random() < 0.2:
            uploads.send_back(batch, by=day.reviewer, reason="thiếu cột")
        else:
            uploads.approve(batch, by=day.reviewer, reason="đã kiểm tra")
            jobs.start("apply_upload", by=day.reviewer, batch=batch.pk)


def take_back_a_workbook(day: Day) -> None:
    """One of the applied workbooks is taken back, whatever stands on it since."""
    applied = list(CorrectionBatch.objects.filter(state=State.APPLIED).order_by("pk"))
    if applied:
        uploads.take_back(day.chance.choice(applied), by=day.reviewer)


def row_of(holding: Holding) -> Row:
    """A holding as the workbook of its commune has it."""
    plot, paper, person = holding.plot, holding.certificate, holding.land_user
    row: Row = {
        "commune_code": plot.commune.code,
        "legal_form": "Cá nhân",
        "role": "Cá nhân",
        "certificate_sheet": holding.certificate_sheet,
        "certificate_plot": holding.certificate_plot,
        "sheet": plot.sheet,
        "number": plot.number,
        "plot_address": plot.address,
        "legal_area": plot.legal_area,
        "plot_code": plot.code,
        "guid": holding.guid,
    }
    if paper is not None:
        issued = f"{paper.issued_on:%d/%m/%Y}" if paper.issued_on else ""
        row |= {"serial": paper.serial, "issued": issued, "book_number": paper.book_number}
    if person is not None and person.kind == LandUser.Kind.INDIVIDUAL:
        row |= {
            "name": person.name_raw,
            "id_number": person.id_number_raw,
            "birth": person.birth_raw,
            "sex": person.sex_raw,
            "address": person.address_raw,
        }
    use = plot.land_uses.order_by("line").first()
    if use is not None:
        row |= {"use1_purpose": use.purpose_raw, "use1_area": use.area, "use1_term": use.term_raw}
        row |= {"use1_origin": use.origin_raw, "use1_form": "Sử dụng riêng"}
    return row


def accident(day: Day) -> Row:
    """What may have changed in a row: a value, or whose, on which certificate or where it is."""
    plot = day.chance.choice(list(Plot.objects.order_by("pk")))
    paper = day.chance.choice(list(Certificate.objects.order_by("pk")))
    person = day.chance.choice(list(LandUser.objects.order_by("pk")))
    n = day.number()
    return day.chance.choice(
        [
            {"legal_area": 130 + n % 9},
            {"plot_address": f"Khu phố {n}"},
            {"birth": f"0{1 + n % 9}/03/1975"},
            {"id_number": person.id_number_raw},
            {"id_number": f"024076{n:06}"},
            {"name": person.name_raw, "id_number": person.id_number_raw},
            {"name": f"Vũ Văn Mới {n}", "id_number": f"024077{n:06}"},
            {"name": f"Vũ Văn Mới {n}", "id_number": person.id_number_raw},
            {"serial": paper.serial},
            {"serial": f"CE {n:06}"},
            {"serial": "", "book_number": ""},
            {"sheet": plot.sheet, "number": plot.number},
            {"sheet": 900, "number": n, "guid": f"moi-{n}"},
            {"plot_code": plot.code},
            {"use1_area": 60},
            {"use1_purpose": "CLN"},
            {"use1_purpose": "đất gì đó"},
            {"use2_purpose": "CLN", "use2_area": 20, "use2_origin": "CNQ-CTT", "use2_term": "Lâu dài"},
            {"scans": f"tep-{n}-GCN.pdf"},
            {"issued": "01/01/2099"},
            {"current_user_name": "Lê Thị Khác", "change_reason": "Thừa kế"},
        ]
    )


def new_row(day: Day, commune_code: str) -> Row:
    """A plot, a certificate and a person that nobody knew."""
    n = day.number()
    return {
        "commune_code": commune_code,
        "serial": f"CH {n:06}",
        "issued": "20/05/2018",
        "book_number": f"CH{n:05}",
        "name": f"Phạm Văn Tới {n}",
        "id_number": f"024078{n:06}",
        "birth": "12/03/1978",
        "sex": "Nam",
        "address": "Khu phố Đông",
        "legal_form": "Cá nhân",
        "role": "Cá nhân",
        "sheet": 901,
        "number": n,
        "certificate_sheet": 901,
        "certificate_plot": n,
        "plot_address": "Khu phố Đông",
        "legal_area": 120,
        "use1_purpose": "ONT",
        "use1_area": 120,
        "use1_origin": "CNQ-CTT",
        "use1_form": "Sử dụng riêng",
        "use1_term": "Lâu dài",
        "guid": f"guid-{n}",
    }
