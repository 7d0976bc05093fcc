"""Boundaries of communes come in from GeoJSON; what is of no use is told with its mend, the rest goes in."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from landdb import boundaries
from landdb.intake.outcome import Refused
from landdb.models import AdminUnit, CommuneOutline
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def communes() -> list[AdminUnit]:
    return [factories.make_commune() for _n in range(3)]


def square(west: float, south: float = 21.0, side: float = 0.1) -> dict[str, Any]:
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(code: object, geometry: Any, name: str = "code") -> dict[str, Any]:
    return {"type": "Feature", "properties": {name: code}, "geometry": geometry}


def written(folder: Path, *features: dict[str, Any]) -> Path:
    path = folder / "ranh-gioi.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def test_each_commune_gets_its_boundary_and_the_same_file_again_changes_nothing(
    communes: list[AdminUnit], tmp_path: Path
) -> None:
    path = written(tmp_path, *(feature(unit.code, square(106 + n / 10)) for n, unit in enumerate(communes)))
    told = boundaries.take_in(path)
    assert (told.new, told.changed, told.unchanged, told.turned_away) == (3, 0, 0, [])
    (ring,) = CommuneOutline.objects.get(unit=communes[0]).rings
    assert sorted(set(ring[::2])) == [10_600_000, 10_610_000]
    assert sorted(set(ring[1::2])) == [2_100_000, 2_110_000]
    assert boundaries.take_in(path).unchanged == 3
    other = written(tmp_path, feature(communes[0].code, square(106.5)))
    assert boundaries.take_in(other).changed == 1
    assert CommuneOutline.objects.count() == 3


def test_neighbours_keep_the_line_that_they_share(communes: list[AdminUnit], tmp_path: Path) -> None:
    border = [[106.1, 21.0 + n / 1000] if n % 2 else [106.1001, 21.0 + n / 1000] for n in range(101)]
    west = [[106.0, 21.1], [106.0, 21.0], *border, [106.0, 21.1]]
    east = [*border, [106.2, 21.1], [106.2, 21.0], border[0]]
    told = boundaries.take_in(
        written(
            tmp_path,
            feature(communes[0].code, {"type": "Polygon", "coordinates": [west]}),
            feature(communes[1].code, {"type": "Polygon", "coordinates": [east]}),
        )
    )
    assert told.new == 2
    points = [
        set(zip(ring[::2], ring[1::2], strict=True))
        for ring in (outline.rings[0] for outline in CommuneOutline.objects.order_by("pk"))
    ]
    assert len(points[0]) < 20
    assert len(points[0] & points[1]) >= 2


@pytest.mark.parametrize(
    ("code", "geometry", "says"),
    [
        ("", square(106), "không có mã xã"),
        ("99998", square(106), "mã không phải của xã, phường đang có"),
        (None, {"type": "Point", "coordinates": [106, 21]}, "không phải vùng khép kín"),
        (None, {"type": "Polygon", "coordinates": "x"}, "không đọc được hình"),
        (None, None, "không đọc được hình"),
        (None, square(596_000, 2_345_000, 100), "(596000; 2345000) không phải kinh độ, vĩ độ"),
    ],
)
def test_a_feature_that_cannot_be_used_is_told_and_the_others_go_in(
    communes: list[AdminUnit], tmp_path: Path, code: str | None, geometry: Any, says: str
) -> None:
    bad = feature(communes[0].code if code is None else code, geometry)
    told = boundaries.take_in(written(tmp_path, bad, feature(communes[1].code, square(106.3))))
    assert told.new == 1
    (sentence,) = told.turned_away
    assert says in sentence
    assert sentence.startswith("Đối tượng 1 (mã “")


def test_two_features_of_one_commune_are_both_left_out(communes: list[AdminUnit], tmp_path: Path) -> None:
    twice = [feature(communes[0].code, square(106 + n)) for n in range(2)]
    told = boundaries.take_in(written(tmp_path, *twice, feature(communes[1].code, square(106.3))))
    assert (told.new, len(told.turned_away)) == (1, 2)
    assert not CommuneOutline.objects.filter(unit=communes[0]).exists()


def test_a_code_that_a_table_made_a_number_of_is_known_also_under_another_name(tmp_path: Path) -> None:
    unit = factories.make_commune(code="00123")
    assert boundaries.take_in(written(tmp_path, feature(123.0, square(106), "MAXA"))).new == 1
    path = written(tmp_path, feature("00123", square(107), "ky_hieu"))
    assert boundaries.take_in(path, code_name="ky_hieu").changed == 1
    assert CommuneOutline.objects.get().unit == unit


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe", "không phải GeoJSON"),
        (b"[]", "không phải GeoJSON"),
        (b"[" * 100_000, "không phải GeoJSON"),
        (b'{"features": [1]}', "không phải GeoJSON"),
        (b'{"type": "FeatureCollection", "features": []}', "không có đối tượng nào"),
    ],
)
def test_a_file_of_no_use_is_refused_with_one_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "x.geojson"
    path.write_bytes(content)
    with pytest.raises(Refused, match=says):
        boundaries.take_in(path)
    with pytest.raises(Refused, match="Không mở được tệp"):
        boundaries.take_in(tmp_path / "none.geojson")


def test_the_command_tells_and_a_simulation_leaves_nothing(communes: list[AdminUnit], tmp_path: Path) -> None:
    path = written(tmp_path, feature(communes[0].code, square(106)), feature("", square(107)))
    said = StringIO()
    call_command("import_boundaries", str(path), "--simulate", stdout=said)
    assert said.getvalue().startswith("ranh giới: mới 1, đổi 0, như cũ 0, bị trả 1\nĐối tượng 2")
    assert not CommuneOutline.objects.exists()
    with pytest.raises(CommandError, match="Không ghi gì vì có đối tượng bị trả"):
        call_command("import_boundaries", str(path), "--strict")
    assert not CommuneOutline.objects.exists()
    said = StringIO()
    call_command("import_boundaries", str(path), "--json", stdout=said)
    assert json.loads(said.getvalue())["new"] == 1
    with pytest.raises(CommandError, match="không phải GeoJSON"):
        call_command("import_boundaries", __file__)
