"""The names on the map: on no other name, beside the circles where there is room."""

from __future__ import annotations

from reconciliation.web.dashboard_names import Place, Spot, _Box, places

WIDE, HIGH = 600.0, 380.0


def test_a_name_stands_beside_its_circle_and_before_it_at_the_right_edge() -> None:
    middle, right = places([Spot(300, 200, 8, "Kinh Bắc"), Spot(590, 50, 8, "Vũ Ninh")], WIDE, HIGH)
    assert middle == Place(312, 204, "")
    assert right == Place(578, 54, "end")


def test_no_name_lies_on_another() -> None:
    spots = [Spot(300 + n * 9, 200 + n * 3, 6, f"Phường Số {n}") for n in range(6)]
    found = places(spots, WIDE, HIGH)
    boxes = [_Box.of(place, spot.name) for place, spot in zip(found, spots, strict=True) if place is not None]
    assert len(boxes) >= 2
    assert not [(a, b) for n, a in enumerate(boxes) for b in boxes[:n] if a.meets(b)]


def test_where_there_is_room_for_one_name_it_is_that_of_the_first() -> None:
    narrow = [Spot(30, 14, 6, "Vân Sơn"), Spot(31, 14, 6, "An Lạc")]
    first, second = places(narrow, 90, 24)
    assert first is not None
    assert second is None


def test_a_name_goes_out_of_the_way_of_other_circles() -> None:
    (place, _none) = places([Spot(300, 200, 8, "An Lạc"), Spot(330, 200, 12)], WIDE, HIGH)
    assert place == Place(288, 204, "end")


def test_an_outline_bears_its_name_within() -> None:
    (place,) = places([Spot(300, 200, 8, "Sa Lý", is_wide=True)], WIDE, HIGH)
    assert place == Place(300, 215, "mid")
