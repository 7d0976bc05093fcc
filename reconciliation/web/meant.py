"""As what typed text was taken and what else it may mean, in the same words on both lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from landdb.models import TypedSearch, User
from landdb.normalise import text

from .. import places
from ..filters import address
from ..readings import SHORTEST


@dataclass(frozen=True, slots=True)
class Link:
    """A commune that the text may mean, and the list of it in place of the search."""

    words: str
    query: str


@dataclass(frozen=True, slots=True)
class Meant:
    """The readings that found something, with how many, and the communes of that name."""

    readings: list[tuple[str, int]]
    places: list[Link]


def of(
    user: User,
    search: TypedSearch | None,
    base: Mapping[str, list[str]],
    readings: Iterable[tuple[Promise, int]] = (),
) -> Meant | None:
    """What a search may mean; None where nothing was typed."""
    if search is None:
        return None
    links = [
        Link(place.words, address(base, q=None, commune=place.unit.code))
        for place in places.named(user, search.text)
    ]
    return Meant([(str(words), n) for words, n in readings], links)


def is_too_short(request: HttpRequest, typed: str) -> bool:
    """One letter or digit means nothing: says what to type instead."""
    if len(text.fold(typed).replace(" ", "")) >= SHORTEST:
        return False
    if typed:
        messages.warning(request, _("Gõ ít nhất hai chữ. %(hint)s") % {"hint": hint()})
    return True


def tell_places(request: HttpRequest, there: list[places.Place]) -> list[str]:
    """Say that the text was taken for these communes; their codes, for the facet."""
    messages.info(request, _("Hiểu là xã, phường: %(names)s.") % {"names": "; ".join(p.words for p in there)})
    return list(dict.fromkeys(place.unit.code for place in there))


def hint() -> str:
    """What a search understands."""
    return _(
        "Tìm được theo: tên người, tờ/thửa (1/55 hoặc 1/55 Kinh Bắc), số phát hành (CK 861840), số vào sổ, "
        "số giấy tờ đủ 9 hoặc 12 số, mã bản ghi, mã thửa, tên xã, phường hiện nay hoặc trước sáp nhập."
    )
