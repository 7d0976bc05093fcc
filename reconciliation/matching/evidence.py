"""The evidence of a match, spelt out: per field the step reached, what it weighs, the values behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from citizens.models import Resident
from parcels.models import Holding

from .ladders import LADDERS, STATUS
from .steps import CLASH, NEAR, NONE, Ladder

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from parcels.models import LandUser

    from ..models import Match

#: What strangers agree by chance at home is told beside the ladders.
COINCIDENCE = "coincidence"
#: Others on the same certificates who are named beside the household's weight.
_NAMED = 3
#: Fields that are not compared because one of the two, or both, does not have them.
_OF_ONE_SIDE = ("name", "birth", "sex", "number", "former_number", "commune")
_NOT_ASKED: Mapping[str, Any] = {"level": "missing", "weight": 0.0}


class Row(NamedTuple):
    """One line of the match page. `ours_raw` is what the register wrote; the weight is in bits."""

    field: str
    title: StrOrPromise
    ours_raw: str
    ours: str
    theirs: str
    level: str
    word: StrOrPromise
    sign: str
    weight: float


def of(match: Match) -> dict[str, Any]:
    """Per field the level and its weight in bits; `coincidence` a weight alone, `start` the bits to begin
    with.

    The same shape as `decided_evidence`, which keeps what a person saw.
    """
    if not match.levels:
        return {}
    told: dict[str, Any] = {
        ladder.field: {"level": ladder.level_of(code), "weight": weight / 100}
        for ladder, code, weight in zip(LADDERS, match.levels, match.weights, strict=False)
    }
    return {
        **told,
        COINCIDENCE: match.weights[len(LADDERS)] / 100,
        "start": match.weights[len(LADDERS) + 1] / 100,
        "stage": match.stage,
    }


def put_back(match: Match, evidence: Mapping[str, Any]) -> None:
    """Give a match the levels and weights of a spelt-out evidence, as `of` tells them; nothing is saved."""
    found = [evidence.get(ladder.field, _NOT_ASKED) for ladder in LADDERS]
    steps = [ladder.step(str(each["level"])) for ladder, each in zip(LADDERS, found, strict=True)]
    bits = [float(each["weight"]) for each in found]
    bits += [float(evidence.get(COINCIDENCE, 0.0)), float(evidence.get("start", 0.0))]
    match.levels = "".join(step.code for step in steps)
    match.weights = [round(100 * each) for each in bits]


def levels(evidence: Mapping[str, Any]) -> dict[str, str]:
    """Field → level of a spelt-out evidence."""
    return {field: found["level"] for field, found in evidence.items() if isinstance(found, dict)}


def total(evidence: Mapping[str, Any]) -> float:
    """The bits of all fields together, without the start."""
    fields = sum(float(found["weight"]) for found in evidence.values() if isinstance(found, dict))
    return fields + float(evidence.get(COINCIDENCE, 0.0))


def runner_up(match: Match, candidates: Sequence[Match]) -> Match | None:
    """The likeliest of the other candidates that nobody has turned down; `candidates` come best first."""
    return next((each for each in candidates if each.pk != match.pk and each.state != "rejected"), None)


def explain(match: Match, land_user: LandUser, resident: Resident) -> list[Row]:
    """The evidence of a match in words, field by field, from the levels stored with it."""
    told_of = values(land_user, resident)
    told = of(match)
    rows = []
    for ladder in LADDERS:
        found = told.get(ladder.field, _NOT_ASKED)
        step = ladder.step(str(found["level"]))
        weight = float(found["weight"])
        raw, ours, theirs = told_of[ladder.field]
        word = _lacking(ladder, ours, theirs) if step.level == "missing" else step.word
        rows.append(Row(ladder.field, ladder.title, raw, ours, theirs, step.level, word, step.sign, weight))
    chance = float(told.get(COINCIDENCE, 0.0))
    if chance:
        word = _("người khác ở đây cũng hay trùng như vậy")
        rows.append(
            Row(COINCIDENCE, _("Trùng hợp tại địa phương"), "", "", "", COINCIDENCE, word, NONE, chance)
        )
    return rows


def _lacking(ladder: Ladder, ours: str, theirs: str) -> StrOrPromise:
    """Why a field cannot be compared: which of the two does not have it."""
    if ladder.field not in _OF_ONE_SIDE:
        return ladder.missing_word
    if ours and theirs:
        return _("hai bên ghi theo cách không so được")
    words = {"lack": ladder.missing_word}
    if ours:
        return gettext("dân cư: %(lack)s") % words
    return (gettext("sổ đất: %(lack)s") if theirs else gettext("cả hai bên: %(lack)s")) % words


class Sign(NamedTuple):
    """How two records agree on one field."""

    field: str
    title: StrOrPromise
    sign: str
    word: StrOrPromise


def signs(match: Match) -> list[Sign]:
    """Field by field how the two agree, out of what is stored with the match alone."""
    found = []
    for ladder, code in zip(LADDERS, match.levels, strict=False):
        step = ladder.step(ladder.level_of(code))
        found.append(Sign(ladder.field, ladder.title, step.sign, step.word))
    return found


def contradicts(levels: str) -> bool:
    """Something speaks against one person, or the resident is not alive, by the stored levels of a match."""
    for ladder, code in zip(LADDERS, levels, strict=False):
        level = ladder.level_of(code)
        if ladder.step(level).sign == CLASH or (ladder is STATUS and level in ("deceased", "gone")):
            return True
    return False


def own(land_user: LandUser) -> list[tuple[str, StrOrPromise, str, str]]:
    """What the register says of a land user: the field and its title, as written, as we read it."""
    told_of = values(land_user, Resident())
    return [
        (ladder.field, ladder.title, *told_of[ladder.field][:2])
        for ladder in LADDERS
        if ladder.field not in ("household", "status")
    ]


def would_settle(rows: list[Row], land_user: LandUser) -> list[StrOrPromise]:
    """What would change the answer most: facts that are missing or that disagree, the weightiest first."""
    by_field = {row.field: row for row in rows}
    asked: list[StrOrPromise] = []
    if not (land_user.id_number or land_user.former_number):
        asked.append(_("Số định danh hoặc số CMND của người sử dụng đất"))
    elif by_field["number"].sign == CLASH:
        asked.append(_("Xem lại số định danh trên giấy tờ: số đang ghi không phải của người này"))
    if by_field["birth"].level == "missing":
        asked.append(_("Năm sinh, tốt nhất là đủ ngày, tháng, năm"))
    elif by_field["birth"].level == "same_year":
        asked.append(_("Ngày và tháng sinh: hiện mới biết năm"))
    elif by_field["birth"].sign in (NEAR, CLASH):
        asked.append(_("Đối chiếu ngày sinh với giấy tờ tuỳ thân"))
    if by_field["village"].level == "differ" or not land_user.village:
        asked.append(_("Thôn, khu phố nơi người sử dụng đất thường trú"))
    if not (land_user.second_name or _partners(land_user)):
        asked.append(_("Tên và số định danh của vợ, chồng hoặc người cùng đứng tên"))
    return asked[:3]


def know_partners(land_user: LandUser, names: Iterable[str]) -> None:
    """The names of others on the land user's certificates are at hand: they are not read again."""
    land_user.__dict__["_partners"] = list(dict.fromkeys(names))[:_NAMED]


def _partners(land_user: LandUser) -> list[str]:
    """Names of others on the land user's certificates, the first few; read once for the entry in hand."""
    known: list[str] | None = land_user.__dict__.get("_partners")
    if land_user.pk is None:
        return []  # somebody whom the register does not have yet
    if known is None:
        others = Holding.objects.beside(land_user).order_by("land_user")
        know_partners(land_user, others.values_list("land_user__name", flat=True)[:_NAMED])
        known = land_user.__dict__["_partners"]
    return known


def values(l: LandUser, r: Resident) -> dict[str, tuple[str, str, str]]:  # noqa: E741  as in the ladders
    """field → as the register wrote it, as we read it, as the registry has it."""
    outdated = l.id_kind == "cmnd"
    former = l.former_number or (l.id_number if outdated else "")
    return {
        "name": (l.name_raw, l.name, r.name),
        "birth": (l.birth_raw, l.birth_text, r.birth_text),
        "sex": (l.sex_raw, _sex(l), _sex(r)),
        "number": (l.id_number_raw, "" if outdated else l.id_number, r.id_number),
        "former_number": (l.id_number_raw if outdated else "", former, r.former_number),
        "commune": (
            ", ".join(filter(None, (l.commune_raw, l.district_raw))),
            str(l.commune or ""),
            _with_former(str(r.commune or r.commune_raw), r.former_commune_raw),
        ),
        "village": (l.address_raw, l.village, r.village),
        "household": (l.second_name, l.second_name or ", ".join(_partners(l)), ""),
        "status": ("", "", str(r.get_status_display())),
    }


def _sex(person: LandUser | Resident) -> str:
    return str(person.get_sex_display()) if person.sex else ""


def _with_former(commune: str, former: str) -> str:
    words = gettext("%(commune)s (trước: %(former)s)")
    return words % {"commune": commune, "former": former} if former else commune
