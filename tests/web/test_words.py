"""Template words: marks, signs, numbers, bars."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation


def render(text: str, **context: object) -> str:
    return Template(text).render(Context(context))


@pytest.mark.parametrize(
    ("text", "value", "vi", "en"),
    [
        ("{{ v|num }}", 4812406, "4.812.406", "4,812,406"),
        ("{{ v|num:1 }}", Decimal("94.25"), "94,3", "94.3"),
        ("{{ v|num }}", -12, "−12", "−12"),
        ("{{ v|num }}", None, "–", "–"),
        ("{{ v|percent }}", 2 / 3, "66,7 %", "66.7 %"),
        ("{{ v|percent:0 }}", 1, "100 %", "100 %"),
        ("{{ v|change }}", 226532, "+226.532", "+226,532"),
        ("{{ v|change }}", -3, "−3", "−3"),
        ("{{ v|change }}", 0, "0", "0"),
        ("{{ v|clock }}", 45.2, "00:45", "00:45"),
        ("{{ v|clock }}", 3727, "1:02:07", "1:02:07"),
    ],
)
def test_numbers_are_written_as_the_language_does(text: str, value: object, vi: str, en: str) -> None:
    for language, wanted in (("vi", vi), ("en", en)):
        with translation.override(language):
            assert render(text, v=value) == wanted


def test_a_number_of_a_person_is_masked_but_for_its_last_digits() -> None:
    assert render("{{ v|masked }}", v="001099000756") == '<span class="masked">•••• •••• 0756</span>'
    assert render("{{ v|masked }}", v="") == ""


def test_a_group_is_told_by_colour_shape_digit_and_word() -> None:
    mark = render("{% group_mark 2 %}")
    assert 'class="group g2"' in mark
    assert 'href="#g2"' in mark
    assert "Nhóm 2" in mark
    assert '<span class="sr">Nhóm 3</span>' in render("{% group_mark 3 words=False %}")


def test_a_comparison_is_told_by_sign_word_and_colour() -> None:
    assert (
        render("{% sign 'near' 'Gần' %}") == '<span class="sign near"><b aria-hidden="true">≈</b>Gần</span>'
    )


def test_the_bar_draws_the_groups_in_proportion_and_leaves_out_empty_ones() -> None:
    drawn = render("{% bar 1 0 3 %}")
    assert 'class="f-g1" x="0.0" width="50.0"' in drawn
    assert 'class="f-g3" x="50.0" width="150.0"' in drawn
    assert "f-g2" not in drawn
    assert "style=" not in drawn
    assert "<rect" not in render("{% bar 0 0 0 %}")


def test_the_segments_of_a_bar_lead_to_their_lists() -> None:
    drawn = render("{% bar 1 1 1 links=links of='P. Thử' %}", links=["/a?x=1&y=2", "/b", "/c"])
    assert 'href="/a?x=1&amp;y=2" aria-label="P. Thử, Nhóm 1: 1 thửa"' in drawn
    assert drawn.count("<a ") == 3


def test_words_of_others_are_escaped() -> None:
    assert "<script" not in render(
        "{% sign 'clash' v %}{% bar 1 1 1 of=v %}{{ v|masked }}", v="<script>alert(1)"
    )
