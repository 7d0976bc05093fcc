"""The ladders: how far a land user and a resident agree, field by field, in steps that people can read.

A step is a condition on `l` (the land user), `r` (the resident) and `x` (what surrounds the pair) in DuckDB's
SQL. The first step that holds is the level of the pair. Its weight in bits stands in `weights/`; its word is
what the review page shows; its code is what is stored, and is never given to another step.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .steps import CLASH, EXACT, NEAR, NONE, Ladder, Step

#: Steps of the name ladder at which two spellings may be one name; at which they are one but for marks.
SAME_FOLD = ("same_key", "marks_missing", "one_mark", "marks_differ")
AGREEING_NAMES = (*SAME_FOLD, "one_letter", "two_letters", "middle_dropped", "middle")


_WORDS = "list_zip(string_split(l.name_key, ' '), string_split(r.name_key, ' '))"
# What lies between surname and given name, with blanks around it.
_MIDDLES = [
    f"(' ' || array_to_string(string_split({side}.name_fold, ' ')[2:-2], ' ') || ' ')" for side in "lr"
]
_CONTAINED = (
    f"(contains({_MIDDLES[0]}, {_MIDDLES[1]}) OR contains({_MIDDLES[1]}, {_MIDDLES[0]})"
    f" OR {_MIDDLES[0]} = '  ' OR {_MIDDLES[1]} = '  ')"
)


def _guarded(guard: str, costly: str, otherwise: str = "false") -> str:
    """What is costly asked only where a cheap condition holds; with AND, DuckDB chooses the order itself."""
    return f"CASE WHEN {guard} THEN {costly} ELSE {otherwise} END"


_BARE = (
    f"len(list_filter({_WORDS}, lambda pair: pair[1] <> pair[2]"
    " AND NOT regexp_full_match(pair[1], '[a-z]+'))) = 0"
)
_ONE_WORD = f"len(list_filter({_WORDS}, lambda pair: pair[1] <> pair[2])) = 1"
# Two letters may turn a short word into any other: those of one person begin alike.
_INITIALS = (
    "len(list_filter(list_zip(string_split(l.name_fold, ' '), string_split(r.name_fold, ' ')),"
    " lambda pair: pair[1][1] <> pair[2][1])) = 0"
)
#: By how many letters two names differ that are alike. Costly, so it is told once for a pair, as `x.letters`.
LETTERS = _guarded(
    "l.name <> r.name",
    _guarded(
        "jaro_winkler_similarity(l.name_fold, r.name_fold) >= 0.85",
        "damerau_levenshtein(l.name_fold, r.name_fold)",
        "NULL",
    ),
    "NULL",
)
_ONE_OFF = "(hamming({0}, {1}) = 1 OR (hamming({0}, {1}) = 2 AND damerau_levenshtein({0}, {1}) = 1))"
_DIGITS = "regexp_replace({0}, '[^0-9]', '', 'g')"


NAME = Ladder(
    "name",
    _("Họ và tên"),
    missing="l.name_fold = '' OR r.name_fold = ''",
    missing_word=_("không có tên"),
    steps=(
        Step("same_key", "a", _("giống hệt"), EXACT, "l.key = r.key"),
        Step("marks_missing", "b", _("giống, hồ sơ thiếu dấu"), NEAR, _guarded("l.name = r.name", _BARE)),
        Step("one_mark", "c", _("một chữ khác dấu"), NEAR, _guarded("l.name = r.name", _ONE_WORD)),
        Step("marks_differ", "d", _("khác dấu"), NEAR, "l.name = r.name"),
        Step("one_letter", "e", _("lệch một chữ cái"), NEAR, "x.letters = 1"),
        Step("two_letters", "f", _("lệch hai chữ cái"), NEAR, _guarded("x.letters = 2", _INITIALS)),
        Step(
            "middle_dropped",
            "g",
            _("cùng họ và tên, thiếu tên đệm"),
            NEAR,
            _guarded("l.ends = r.ends", _CONTAINED),
        ),
        Step("middle", "h", _("cùng họ và tên, khác tên đệm"), NEAR, "l.ends = r.ends"),
        Step("surname", "i", _("khác họ, cùng đệm và tên"), CLASH, "l.tail = r.tail AND l.tail <> l.given"),
        Step("stem", "j", _("cùng họ và đệm, khác tên"), CLASH, "l.stem = r.stem"),
        Step("given", "k", _("chỉ giống tên gọi"), CLASH, "l.given = r.given"),
        Step("differ", "l", _("khác tên"), CLASH, "true"),
    ),
)
#: The years of birth may be one: unknown, a year apart, two digits changed about, or as the number has it.
NEAR_YEAR = (
    "r.birth_year IS NULL OR l.birth_year IS NULL OR abs(r.birth_year - l.birth_year) <= 1"
    " OR (r.birth_year % 10) * 10 + (r.birth_year % 100) // 10 = l.birth_year % 100"
    " OR r.birth_year = l.number_year"
)
_YEARS = ("l.birth_year::VARCHAR", "r.birth_year::VARCHAR")
BIRTH = Ladder(
    "birth",
    _("Ngày sinh"),
    missing="l.birth_year IS NULL OR r.birth_year IS NULL",
    missing_word=_("không có năm sinh"),
    steps=(
        Step("same_day", "a", _("cùng ngày sinh"), EXACT, "l.birth_on = r.birth_on"),
        Step(
            "swapped",
            "b",
            _("đảo ngày và tháng"),
            NEAR,
            "l.birth_year = r.birth_year AND day(l.birth_on) = month(r.birth_on)"
            " AND month(l.birth_on) = day(r.birth_on)",
        ),
        Step(
            "same_year",
            "c",
            _("cùng năm sinh"),
            EXACT,
            "l.birth_year = r.birth_year AND (l.birth_on IS NULL OR r.birth_on IS NULL)",
        ),
        Step(
            "near_day",
            "d",
            _("cùng năm, lệch ngày hoặc tháng"),
            NEAR,
            "l.birth_year = r.birth_year"
            " AND (day(l.birth_on) = day(r.birth_on) OR month(l.birth_on) = month(r.birth_on))",
        ),
        Step("other_day", "e", _("cùng năm, khác ngày"), CLASH, "l.birth_year = r.birth_year"),
        # The lunar year begins in January or February: whoever was born before it has the year before.
        Step(
            "lunar_year",
            "f",
            _("lệch một năm, sinh đầu năm (năm âm lịch)"),
            NEAR,
            "l.birth_on IS NULL AND r.birth_year - l.birth_year = 1 AND month(r.birth_on) <= 2",
        ),
        Step("year_beside", "g", _("lệch một năm"), NEAR, "abs(l.birth_year - r.birth_year) = 1"),
        Step(
            "year_swapped",
            "h",
            _("đảo hai chữ số của năm sinh"),
            NEAR,
            "l.birth_year // 100 = r.birth_year // 100"
            " AND (l.birth_year % 10) * 10 + (l.birth_year % 100) // 10 = r.birth_year % 100",
        ),
        Step("year_typo", "i", _("năm sinh lệch một chữ số"), CLASH, _ONE_OFF.format(*_YEARS)),
        Step("differ", "j", _("khác năm sinh"), CLASH, "true"),
    ),
)
SEX = Ladder(
    "sex",
    _("Giới tính"),
    missing="l.sex = '' OR r.sex = ''",
    missing_word=_("không ghi giới tính"),
    steps=(
        Step("same", "a", _("cùng giới tính"), EXACT, "l.sex = r.sex"),
        Step("differ", "b", _("khác giới tính"), CLASH, "true"),
    ),
)
# A number with another name is often that of somebody of the family, put in the wrong line.
_NAMES_AGREE = "c_name IN ({})".format(", ".join(f"'{code}'" for code in NAME.codes(*AGREEING_NAMES)))
_NUMBERS = ("l.digits", "lpad(r.number::VARCHAR, 12, '0')")
NUMBER = Ladder(
    "number",
    _("Số định danh"),
    missing="l.number IS NULL OR r.number IS NULL",
    missing_word=_("không có số định danh"),
    steps=(
        Step("same", "a", _("trùng số"), EXACT, f"l.number = r.number AND {_NAMES_AGREE}"),
        Step("same_of_another", "h", _("trùng số, nhưng khác tên"), NEAR, "l.number = r.number"),
        Step("one_off", "b", _("lệch hoặc đảo một chữ số"), NEAR, _ONE_OFF.format(*_NUMBERS)),
        Step("two_off", "c", _("lệch hai chữ số"), NEAR, "hamming({}, {}) = 2".format(*_NUMBERS)),
        Step("of_neighbour", "d", _("hồ sơ ghi số của người cùng thôn"), NEAR, "x.owner_place = r.place"),
        Step("of_another", "e", _("hồ sơ ghi số của người khác"), CLASH, "x.owner_place IS NOT NULL"),
        Step(
            "same_head",
            "f",
            _("khác số, cùng tỉnh, giới và năm sinh trong số"),
            CLASH,
            "l.number // 1000000 = r.number // 1000000",
        ),
        Step("differ", "g", _("khác số"), CLASH, "true"),
    ),
)
FORMER_NUMBER = Ladder(
    "former_number",
    _("Số CMND"),
    missing="l.former = '' OR r.former = '' OR length(l.former) <> length(r.former)",
    missing_word=_("không có số CMND"),
    steps=(
        Step("same", "a", _("trùng số"), EXACT, f"l.former = r.former AND {_NAMES_AGREE}"),
        Step("same_of_another", "f", _("trùng số, nhưng khác tên"), NEAR, "l.former = r.former"),
        Step("one_off", "b", _("lệch hoặc đảo một chữ số"), NEAR, _ONE_OFF.format("l.former", "r.former")),
        Step(
            "of_neighbour", "c", _("hồ sơ ghi số của người cùng thôn"), NEAR, "x.former_owner_place = r.place"
        ),
        Step("of_another", "d", _("hồ sơ ghi số của người khác"), CLASH, "x.former_owner_place IS NOT NULL"),
        Step("differ", "e", _("khác số"), CLASH, "true"),
    ),
)
COMMUNE = Ladder(
    "commune",
    _("Xã, phường"),
    missing="l.commune IS NULL OR r.commune IS NULL",
    missing_word=_("không rõ xã"),
    steps=(
        Step(
            "same_former",
            "a",
            _("cùng xã, kể cả xã cũ"),
            EXACT,
            "l.commune = r.commune AND l.former_commune = r.former_commune",
        ),
        Step(
            "other_former",
            "b",
            _("cùng xã, khác xã cũ"),
            NEAR,
            "l.commune = r.commune AND l.former_commune <> r.former_commune",
        ),
        Step("same", "c", _("cùng xã"), EXACT, "l.commune = r.commune"),
        Step("district", "d", _("khác xã, cùng huyện cũ"), CLASH, "l.district = r.district"),
        Step("differ", "e", _("khác xã"), CLASH, "true"),
    ),
)
VILLAGE = Ladder(
    "village",
    _("Thôn, khu phố"),
    missing="l.village = '' OR r.village = '' OR l.commune IS DISTINCT FROM r.commune",
    missing_word=_("không so được thôn"),
    steps=(
        Step("same", "a", _("cùng thôn"), EXACT, "l.village = r.village"),
        Step(
            "near",
            "b",
            _("tên thôn gần giống"),
            NEAR,
            "(jaro_winkler_similarity(l.village, r.village) >= 0.88 OR contains(l.village, r.village)"
            " OR contains(r.village, l.village))"
            f" AND {_DIGITS.format('l.village')} = {_DIGITS.format('r.village')}",
        ),
        Step("differ", "c", _("khác thôn"), CLASH, "true"),
    ),
)
HOUSEHOLD = Ladder(
    "household",
    _("Người trên cùng giấy"),
    # In the land user's own village it says no more than the village does: the kin of somebody whom the
    # registry does not know live there as well.
    missing="x.kin IS NULL OR l.place = r.place",
    missing_word=_("không có hoặc chưa rõ"),
    steps=(
        Step("same_village", "a", _("ở cùng thôn"), EXACT, "x.kin = 2"),
        Step("same_commune", "b", _("ở cùng xã"), NEAR, "x.kin = 1"),
        Step("elsewhere", "c", _("không ở cùng xã"), CLASH, "true"),
    ),
)
STATUS = Ladder(
    "status",
    _("Tình trạng dân cư"),
    missing="r.status = ''",
    missing_word=_("không rõ"),
    steps=(
        # Children hold no land as a rule; told only where no year of birth tells it already.
        Step(
            "minor",
            "d",
            _("chưa đủ 18 tuổi"),
            CLASH,
            "l.birth_year IS NULL AND r.birth_year > $year - 18",
        ),
        Step("alive", "a", _("đang sống"), NONE, "r.status = 'alive'"),
        Step("deceased", "b", _("đã mất"), NONE, "r.status = 'deceased'"),
        Step("gone", "c", _("đã huỷ số hoặc ra nước ngoài"), NONE, "true"),
    ),
)
LADDERS = (NAME, BIRTH, SEX, NUMBER, FORMER_NUMBER, COMMUNE, VILLAGE, HOUSEHOLD, STATUS)
