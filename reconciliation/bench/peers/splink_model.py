"""What Splink is told: which pairs to look at, and the ladders on which it compares them."""

from __future__ import annotations

from typing import Any

from splink import SettingsCreator

#: Rules after the first leave out what the earlier ones found.
RULES = (
    "l.number = r.number",
    "l.former = r.former",
    "l.name_fold = r.name_fold AND l.birth_year = r.birth_year",
    "l.name_fold = r.name_fold AND l.commune = r.commune",
    "l.commune = r.commune AND l.birth_year = r.birth_year AND l.given = r.given",
    "l.rare_name = r.rare_name",
    "l.name_fold = r.name_fold AND l.number_year = r.birth_year",
    "l.name_fold = r.name_fold AND l.number_end = r.number_end",
    "l.commune = r.commune AND l.birth_year = r.birth_year AND l.village = r.village"
    " AND l.surname = r.surname",
)

#: Taken out again where candidates are weighed against each other.
PRIOR = 0.000001

_CLOSE = "jaro_winkler_similarity(name_fold_l, name_fold_r) >= 0.85 AND "
_TYPO = "damerau_levenshtein(name_fold_l, name_fold_r)"
_ONE_OFF = "hamming({0}_l, {0}_r) <= 2 AND damerau_levenshtein({0}_l, {0}_r) = 1"

_NO_DAY = "birth_on_l IS NULL OR birth_on_r IS NULL OR birth_year_l <> birth_year_r"
_NO_VILLAGE = "village_l IS NULL OR village_r IS NULL OR commune_l IS DISTINCT FROM commune_r"


def _level(when: str, **more: Any) -> dict[str, Any]:
    # A level that the sample of true pairs never reaches keeps a small share.
    return {"sql_condition": when, "label_for_charts": when[:60], "m_probability": 0.0005, **more}


def _missing(*columns: str) -> dict[str, Any]:
    when = " OR ".join(f"{column}_{side} IS NULL" for column in columns for side in "lr")
    return {"sql_condition": when, "label_for_charts": "missing", "is_null_level": True}


def _rare(u: float) -> dict[str, Any]:
    """A level that hardly ever happens by chance: too seldom for a sample, so its share is told."""
    return {"u_probability": u, "fix_u_probability": True}


def _comparison(name: str, *levels: dict[str, Any]) -> dict[str, Any]:
    return {
        "output_column_name": name,
        "comparison_levels": [*levels, _level("ELSE")],
    }


COMPARISONS = (
    _comparison(
        "name",
        _missing("name_fold"),
        _level("name_key_l = name_key_r", tf_adjustment_column="name_key"),
        _level("name_fold_l = name_fold_r", tf_adjustment_column="name_fold"),
        _level(f"{_CLOSE}{_TYPO} = 1", tf_adjustment_column="name_fold", tf_adjustment_weight=0.5),
        _level(f"{_CLOSE}{_TYPO} = 2"),
        _level("given_l = given_r AND surname_l = surname_r"),
        _level("given_l = given_r"),
    ),
    _comparison(
        "year",
        _missing("birth_year"),
        _level("birth_year_l = birth_year_r"),
        _level("abs(birth_year_l - birth_year_r) = 1"),
        _level("hamming(birth_year_l::VARCHAR, birth_year_r::VARCHAR) = 1"),
    ),
    _comparison(
        "day",
        {**_missing("birth_on"), "sql_condition": _NO_DAY},
        _level("birth_on_l = birth_on_r", **_rare(1 / 365)),
        _level(
            "day(birth_on_l) = month(birth_on_r) AND month(birth_on_l) = day(birth_on_r)",
            **_rare(1 / 365 / 3),
        ),
    ),
    _comparison("sex", _missing("sex"), _level("sex_l = sex_r")),
    _comparison(
        "number",
        _missing("number"),
        _level("number_l = number_r", **_rare(0.000001)),
        _level(_ONE_OFF.format("number"), **_rare(0.00006)),
        _level("hamming(number_l, number_r) = 2", **_rare(0.0012)),
    ),
    _comparison(
        "former",
        _missing("former"),
        _level("former_l = former_r", **_rare(0.000001)),
        _level(
            f"length(former_l) = length(former_r) AND {_ONE_OFF.format('former')}",
            **_rare(0.00006),
        ),
    ),
    _comparison(
        "commune", _missing("commune"), _level("commune_l = commune_r", tf_adjustment_column="commune")
    ),
    _comparison(
        "village",
        {**_missing("village"), "sql_condition": _NO_VILLAGE},
        _level("village_l = village_r"),
        _level(
            "jaro_winkler_similarity(village_l, village_r) >= 0.88 AND village_digits_l = village_digits_r"
        ),
    ),
)
FIELDS = [each["output_column_name"] for each in COMPARISONS]


def settings(*, untold: bool = False) -> SettingsCreator:
    """The model, its shares not yet trained; `untold`: without a share of true pairs to begin with."""
    return SettingsCreator(
        link_type="link_only",
        unique_id_column_name="id",
        comparisons=[_untold(each) for each in COMPARISONS] if untold else list(COMPARISONS),
        blocking_rules_to_generate_predictions=[{"blocking_rule": rule} for rule in RULES],
        probability_two_random_records_match=PRIOR,
        retain_matching_columns=False,
        # Without them the evidence could not be kept with a match.
        retain_intermediate_calculation_columns=True,
    )


def _untold(comparison: dict[str, Any]) -> dict[str, Any]:
    """A comparison whose levels Splink begins with as it would by itself."""
    levels = [
        {name: value for name, value in level.items() if name != "m_probability"}
        for level in comparison["comparison_levels"]
    ]
    return {**comparison, "comparison_levels": levels}
