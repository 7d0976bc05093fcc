"""A word written in a template is looked up once in each language, and is the same as Django says it."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.template import Context, Template, engines
from django.utils import translation


def drawn(source: str, language: str, **values: str) -> str:
    with translation.override(language):
        return written(source).render(Context(values))


def written(source: str) -> Template:
    return Template("{% load i18n %}" + source, engine=engines["django"].engine)


@pytest.mark.parametrize(
    "source",
    ['{% translate "Đóng" %}', '{% translate "Bỏ qua" context "phím" %}', '{% trans "Đóng" %}'],
)
def test_one_template_says_it_in_both_languages(source: str) -> None:
    page = written(source)
    for language in ("vi", "en", "vi"):
        with translation.override(language):
            assert page.render(Context()) == drawn(source, language)
    assert drawn(source, "vi") != drawn(source, "en")


def test_it_is_looked_up_once_in_a_language() -> None:
    page = written('{% translate "Đóng" %}')
    with translation.override("en"):
        said = page.render(Context())
        with patch("django.template.base.gettext_lazy", side_effect=AssertionError):
            assert page.render(Context()) == said


def test_a_mark_of_per_cent_and_an_angle_bracket_stay_what_they_are() -> None:
    assert drawn('{% translate "100 % <b>" %}', "vi") == "100 % <b>"


@pytest.mark.parametrize(
    "source", ["{% translate word %}", "{% translate word|lower %}", '{% translate "đóng"|add:word %}']
)
def test_what_is_told_by_a_variable_is_looked_up_each_time(source: str) -> None:
    page = written(source)
    with translation.override("vi"):
        assert page.render(Context({"word": "a"})) != page.render(Context({"word": "b"}))


def test_a_word_kept_for_later_is_there_later() -> None:
    assert drawn('{% translate "Đóng" as word %}({{ word }})', "vi") == "(Đóng)"
