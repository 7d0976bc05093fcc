from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from citizens.models import RegistryExtract, Resident
from landdb.models import ReceivedFile
from parcels.models import LandUser

from .conftest import Write, land_user, resident

pytestmark = pytest.mark.usefixtures("communes")

HEADER = "resident_id,owner_id,full_name\n"


def nothing(path: Path) -> None:
    pass


def folder(path: Path) -> None:
    path.mkdir()


def rubbish(path: Path) -> None:
    path.write_bytes(os.urandom(50_000))


def latin_1(path: Path) -> None:
    path.write_bytes(
        f"{HEADER}R1,L1,Lê Tư\nR2,L2,Lê\n".encode("latin-1", "replace").replace(b"L\xea T?", b"Le Tu")
    )


def utf_16(path: Path) -> None:
    path.write_text(f"{HEADER}R1,L1,Lê Tư\n", encoding="utf-16")


def zip_bomb(path: Path) -> None:
    with zipfile.ZipFile(path.with_suffix(".xlsx"), "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", b"0" * 10_000_000)
    path.with_suffix(".xlsx").rename(path)


def cut_parquet(path: Path) -> None:
    path.write_bytes(b"PAR1" + os.urandom(500) + b"PAR1")


def text(content: str) -> Callable[[Path], None]:
    return lambda path: path.write_text(content, encoding="utf-8") and None


FILES = [
    ("missing.csv", nothing, "Không tìm thấy tệp missing.csv."),
    ("folder", folder, "folder là một thư mục"),
    ("empty.csv", text(""), "Tệp empty.csv trống."),
    ("blank.csv", text("\ufeff \n\n"), "trống"),
    ("rubbish.csv", rubbish, "không phải văn bản CSV, cũng không phải Parquet"),
    ("latin.csv", latin_1, "không ở mã UTF-8 (dòng 3)"),
    ("unicode.csv", utf_16, "UTF-16"),
    ("bomb.xlsx", zip_bomb, "là sổ Excel hay tệp nén"),
    ("cut.parquet", cut_parquet, "Parquet hỏng"),
    ("text.parquet", text(HEADER), "không phải tệp Parquet"),
    ("wrong.csv", text("a,b\n1,2\n"), "full_name; các cột đang có: a, b."),
    ("twice.csv", text("resident_id,owner_id,full_name,full_name\n1,1,a,b\n"), "Nhiều cột cùng là full_name"),
    ("header.csv", text(HEADER), "chỉ có dòng tiêu đề"),
    ("long.csv", text(f"{HEADER}R1,L1,{'x' * 1_000_000}\n"), "cột full_name: ô dài hơn mức cho phép"),
    ("longer.csv", text(f"{HEADER}R1,L1,{'x' * 17_000_000}\n"), "thiếu một dấu ngoặc kép đóng"),
    ("open.csv", text(f'{HEADER}R1,L1,"Lê Tư\n' + "R2,L2,Lê Ba\n" * 200), "dòng 2"),
]


@pytest.mark.parametrize("command", ["import_residents", "import_land_users"])
@pytest.mark.parametrize(("name", "make", "sentence"), FILES, ids=[name for name, _make, _sentence in FILES])
def test_a_file_of_no_use_gets_one_clear_sentence_and_changes_nothing(
    tmp_path: Path, command: str, name: str, make: Callable[[Path], None], sentence: str
) -> None:
    make(tmp_path / name)
    with pytest.raises(CommandError) as raised:
        call_command(command, str(tmp_path / name), "--json", stdout=StringIO())
    said = str(raised.value)
    assert sentence in said
    assert said.endswith((".", "phép", "đóng."))
    assert "\n" not in said
    assert len(said) < 400
    for model in (ReceivedFile, RegistryExtract, Resident, LandUser):
        assert not model._default_manager.exists()


def test_json_counts_add_up_and_problems_have_words(write_csv: Write) -> None:
    out = StringIO()
    path = write_csv([resident(1), resident(2, full_name="")])
    call_command("import_residents", str(path), "--json", "--extracted-on", "2026-11-01", stdout=out)
    said = json.loads(out.getvalue())
    assert (
        said["rows"] == 2 == sum(said[k] for k in ("applied", "unchanged", "proposed", "rejected", "ignored"))
    )
    assert len(said["sha256"]) == 64
    assert said["problems"][0]["reason"] == "thiếu họ và tên"
    assert said["problems"][0]["mend"] == "ghi họ và tên"


def test_a_person_reads_which_rows_were_turned_away(write_csv: Write) -> None:
    out = StringIO()
    path = write_csv([land_user(1), land_user(2, owner_id="")])
    call_command("import_land_users", str(path), stdout=out)
    assert "2 dòng = 1 ghi + 0 như cũ + 0 đề xuất + 1 bị trả + 0 bỏ qua" in out.getvalue()
    assert "Dòng 3, owner_id: thiếu mã bản ghi." in out.getvalue()
