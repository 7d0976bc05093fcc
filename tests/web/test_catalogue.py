"""Whatever the site says in Vietnamese it can also say in English."""

from __future__ import annotations

import datetime as dt
import gettext
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from django.utils.translation import trans_real

from landdb.management.commands.compile_catalogues import compile_one
from landdb.models import Role
from reconciliation.models import Tally, WeeklySnapshot
from tests import factories

from .catalogue import ROOT, sentences

SOURCE = ROOT / "landdb" / "locale" / "en" / "LC_MESSAGES" / "django.po"
VIETNAMESE = re.compile(
    r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE
)


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with SOURCE.open("rb") as po:
        return read_po(po, locale="en")


def translated(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)


def test_every_sentence_of_code_and_templates_has_its_english(catalogue: Catalog) -> None:
    found = sentences()
    assert len(found) > 300
    missing = [
        f"{source}: {text}"
        for (text, context), source in found.items()
        if not translated(catalogue.get(text, context))
    ]
    assert not missing, "\n".join(missing)


def test_the_english_holds_the_same_places_for_values(catalogue: Catalog) -> None:
    for message in catalogue:
        if not message.id or not translated(message):
            continue
        sources = message.id if isinstance(message.id, (tuple, list)) else [message.id]
        texts = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        for text in texts:
            assert _places(text) == _places(sources[0]), sources[0]


def _places(text: str) -> set[str]:
    places = {name for _text, name, _format, _how in Formatter().parse(text) if name}
    if "%(" not in text:
        return places
    asked: dict[str, int] = Asked()
    assert text % asked
    return places | set(asked)


class Asked(dict[str, int]):
    """Gives 1 for every place and remembers which were asked for."""

    def __missing__(self, place: str) -> int:
        self[place] = 1
        return 1


def test_catalogues_are_compiled_once_and_again_when_the_source_is_newer(tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = Path(shutil.copy(SOURCE, folder))
    assert compile_one(source)
    assert not compile_one(source)
    compiled = source.with_suffix(".mo")
    with compiled.open("rb") as mo:
        words = gettext.GNUTranslations(mo)
    assert words.gettext("Hàng đợi") == "Queue"
    assert words.ngettext("%(phases)s pha", "%(phases)s pha", 2) == "%(phases)s phases"
    later = compiled.stat().st_mtime + 5
    os.utime(source, (later, later))
    assert compile_one(source)


@pytest.fixture
def in_english(client: Client) -> Iterator[Client]:
    call_command("compile_catalogues", verbosity=0)
    trans_real._translations.pop("en", None)
    client.cookies["django_language"] = "en"
    # A request leaves its language behind in the thread; the tests after this one read Vietnamese.
    with translation.override(settings.LANGUAGE_CODE):
        yield client


@pytest.mark.django_db
def test_pages_in_english_have_no_vietnamese_words_left(in_english: Client) -> None:
    commune = factories.make_commune(name="A", short_name="A")
    Tally.objects.create(commune=commune, group=1, plots=3)
    WeeklySnapshot.objects.create(
        commune=commune, week=dt.date(2026, 11, 16), group_1=1, group_2=1, group_3=1
    )
    in_english.force_login(factories.make_user(Role.ADMINISTRATOR, full_name="A"))
    for address in (
        "/overview/",
        "/opinions/",
        "/opinions/plots/?ours=1&theirs=2",
        "/sources/",
        "/queue/",
        "/queue/?confirmed=no",
        "/queue/waivers/",
        "/rules/drafts/",
        "/rules/drafts/new/?rule=area_differs_from_map",
        "/jobs/",
        "/accounts/",
        "/accounts/new/",
        "/access-log/",
        "/bands/",
        "/bands/0/",
        "/password/",
    ):
        page = in_english.get(address).content.decode().replace("Tiếng Việt", "")
        assert VIETNAMESE.search(page) is None, (
            address,
            page[max(0, VIETNAMESE.search(page).start() - 60) :][:120],
        )
    with translation.override("en"):
        assert str(Role.REVIEWER.label) == "Reviewer"
