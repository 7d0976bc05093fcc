"""The ladders: how far a land user and a resident agree, field by field, in steps that people can read.

A step is a condition on `l` (the land user) and `r` (the resident) in DuckDB's SQL. The first step that holds
is the level of the pair. Its weight in bits stands in `weights/`; its word is what the review page shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from citizens.models import Resident
    from parcels.models import LandUser

    from ..models import Match

EXACT, NEAR, CLASH, NONE = "exact", "near", "clash", "none"


class Step(NamedTuple):
    """One step of a ladder: its id in the data, its word, what it says, and when it holds."""

    level: str
    word: StrOrPromise
    sign: str
    when: str


@dataclass(frozen=True)
class Ladder:
    """A field with its steps from best to worst; `missing` says when there is nothing to compare."""

    field: str
    title: StrOrPromise
    missing: str
    missing_word: StrOrPromise
    steps: tuple[Step, ...]

    @property
    def level_sql(self) -> str:
        """The level of a pair as an SQL expression."""
        steps = "".join(f" WHEN {step.when} THEN '{step.level}'" for step in self.steps)
        return f"CASE WHEN {self.missing} THEN 'missing'{steps} END"

    def step(self, level: str) -> Step:
        """The step of a level; a level that this version no longer knows is shown by its id."""
        for step in self.steps:
            if step.level == level:
                return step
        return Step(level, self.missing_word if level == "missing" else level, NONE, "")


_BARE = "len(list_filter(list_zip(string_split(l.name_key, ' '), string_split(r.name_key, ' ')), \
lambda pair: pair[1] <> pair[2] AND NOT regexp_full_match(pair[1], '[a-z]+'))) = 0"
_SIMILAR = "jaro_winkler_similarity(l.name_fold, r.name_fold) >= 0.85"
_TYPO = "damerau_levenshtein(l.name_fold, r.name_fold)"
_ONE_OFF = "(hamming({0}, {1}) = 1 OR (hamming({0}, {1}) = 2 AND damerau_levenshtein({0}, {1}) = 1))"

NAME = Ladder(
    "name",
    _("Họ và tên"),
    missing="l.name_fold = '' OR r.name_fold = ''",
    missing_word=_("không có tên"),
    steps=(
        Step("same_key", _("giống hệt"), EXACT, "l.name_key = r.name_key"),
        Step("marks_missing", _("giống, hồ sơ thiếu dấu"), NEAR, f"l.name_fold = r.name_fold AND {_BARE}"),
        Step("marks_differ", _("khác dấu"), NEAR, "l.name_fold = r.name_fold"),
        Step("one_letter", _("lệch một chữ cái"), NEAR, f"{_SIMILAR} AND {_TYPO} = 1"),
        Step("two_letters", _("lệch hai chữ cái"), NEAR, f"{_SIMILAR} AND {_TYPO} = 2"),
        Step(
            "middle", _("cùng họ và tên, khác tên đệm"), NEAR, "l.given = r.given AND l.surname = r.surname"
        ),
        Step("given", _("chỉ giống tên gọi"), CLASH, "l.given = r.given"),
        Step("differ", _("khác tên"), CLASH, "true"),
    ),
)
BIRTH = Ladder(
    "birth",
    _("Ngày sinh"),
    missing="l.birth_year IS NULL OR r.birth_year IS NULL",
    missing_word=_("không có năm sinh"),
    steps=(
        Step("same_day", _("cùng ngày sinh"), EXACT, "l.birth_on = r.birth_on"),
        Step(
            "swapped",
            _("đảo ngày và tháng"),
            NEAR,
            "l.birth_year = r.birth_year AND day(l.birth_on) = month(r.birth_on)"
            " AND month(l.birth_on) = day(r.birth_on)",
        ),
        Step(
            "same_year",
            _("cùng năm sinh"),
            EXACT,
            "l.birth_year = r.birth_year AND (l.birth_on IS NULL OR r.birth_on IS NULL)",
        ),
        Step("other_day", _("cùng năm, khác ngày"), CLASH, "l.birth_year = r.birth_year"),
        Step("year_beside", _("lệch một năm"), NEAR, "abs(l.birth_year - r.birth_year) = 1"),
        Step(
            "year_typo",
            _("năm sinh lệch một chữ số"),
            CLASH,
            _ONE_OFF.format("l.birth_year::VARCHAR", "r.birth_year::VARCHAR"),
        ),
        Step("differ", _("khác năm sinh"), CLASH, "true"),
    ),
)
SEX = Ladder(
    "sex",
    _("Giới tính"),
    missing="l.sex = '' OR r.sex = ''",
    missing_word=_("không ghi giới tính"),
    steps=(
        Step("same", _("cùng giới tính"), EXACT, "l.sex = r.sex"),
        Step("differ", _("khác giới tính"), CLASH, "true"),
    ),
)
NUMBER = Ladder(
    "number",
    _("Số định danh"),
    missing="l.number = '' OR r.number = ''",
    missing_word=_("không có số định danh"),
    steps=(
        Step("same", _("trùng số"), EXACT, "l.number = r.number"),
        Step("one_off", _("lệch hoặc đảo một chữ số"), NEAR, _ONE_OFF.format("l.number", "r.number")),
        Step("two_off", _("lệch hai chữ số"), NEAR, "hamming(l.number, r.number) = 2"),
        Step("of_another", _("hồ sơ ghi số của người khác"), CLASH, "l.has_anothers_number"),
        Step("differ", _("khác số"), CLASH, "true"),
    ),
)
FORMER_NUMBER = Ladder(
    "former_number",
    _("Số CMND"),
    missing="l.former = '' OR r.former = '' OR length(l.former) <> length(r.former)",
    missing_word=_("không có số CMND"),
    steps=(
        Step("same", _("trùng số"), EXACT, "l.former = r.former"),
        Step("one_off", _("lệch hoặc đảo một chữ số"), NEAR, _ONE_OFF.format("l.former", "r.former")),
        Step("differ", _("khác số"), CLASH, "true"),
    ),
)
COMMUNE = Ladder(
    "commune",
    _("Xã, phường"),
    missing="l.commune IS NULL OR r.commune IS NULL",
    missing_word=_("không rõ xã"),
    steps=(
        Step("same", _("cùng xã"), EXACT, "l.commune = r.commune"),
        Step("differ", _("khác xã"), CLASH, "true"),
    ),
)
_DIGITS = "regexp_replace({0}, '[^0-9]', '', 'g')"
VILLAGE = Ladder(
    "village",
    _("Thôn, khu phố"),
    missing="l.village = '' OR r.village = '' OR l.commune IS DISTINCT FROM r.commune",
    missing_word=_("không so được thôn"),
    steps=(
        Step("same", _("cùng thôn"), EXACT, "l.village = r.village"),
        Step(
            "near",
            _("tên thôn gần giống"),
            NEAR,
            "(jaro_winkler_similarity(l.village, r.village) >= 0.88 OR contains(l.village, r.village)"
            " OR contains(r.village, l.village))"
            f" AND {_DIGITS.format('l.village')} = {_DIGITS.format('r.village')}",
        ),
        Step("differ", _("khác thôn"), CLASH, "true"),
    ),
)

LADDERS = (NAME, BIRTH, SEX, NUMBER, FORMER_NUMBER, COMMUNE, VILLAGE)
#: Steps of the name ladder at which two spellings may be one name.
AGREEING_NAMES = ("same_key", "marks_missing", "marks_differ", "one_letter", "two_letters", "middle")


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


def explain(match: Match, land_user: LandUser, resident: Resident) -> list[Row]:
    """The evidence of a match in words, field by field, from the levels stored with it."""
    values = _values(land_user, resident)
    rows = []
    for ladder in LADDERS:
        found: Mapping[str, Any] = match.evidence.get(ladder.field) or {}
        step = ladder.step(str(found.get("level", "missing")))
        weight = float(found.get("weight", 0.0))
        rows.append(
            Row(ladder.field, ladder.title, *values[ladder.field], step.level, step.word, step.sign, weight)
        )
    return rows


def _values(l: LandUser, r: Resident) -> dict[str, tuple[str, str, str]]:  # noqa: E741  as in the ladders
    """field → as the register wrote it, as we read it, as the registry has it."""
    outdated = l.id_kind == "cmnd"
    former = l.former_number or (l.id_number if outdated else "")
    return {
        "name": (l.name_raw, l.name, r.name),
        "birth": (l.birth_raw, l.birth_text, r.birth_text),
        "sex": (l.sex_raw, _sex(l), _sex(r)),
        "number": (l.id_number_raw, "" if outdated else l.id_number, r.id_number),
        "former_number": (l.id_number_raw if outdated else "", former, r.former_number),
        "commune": (l.commune_raw, str(l.commune or ""), str(r.commune or r.commune_raw)),
        "village": (l.address_raw, l.village, r.village),
    }


def _sex(person: LandUser | Resident) -> str:
    return str(person.get_sex_display()) if person.sex else ""
