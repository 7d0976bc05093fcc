"""The kinds of dirt: what each is, and how often a record of average care has it."""

from __future__ import annotations

_KINDS: dict[str, tuple[float, str]] = {
    # names
    "name_upper": (0.25, "the name in capitals"),
    "name_lower": (0.008, "the name in small letters"),
    "name_prefix": (0.12, "Ông, Bà, Hộ ông … before the name"),
    "name_couple": (0.05, "husband and wife in one cell (of those married)"),
    "name_note": (0.006, "(đã chết) and the like behind the name"),
    "name_plain": (0.04, "no diacritics at all in name and village"),
    "name_mark_lost": (0.012, "one letter without its mark"),
    "name_tone_wrong": (0.008, "hỏi and ngã, sắc and huyền … confused on one letter"),
    "name_tone_placed": (0.3, "the tone on the other vowel: hoà for hòa (where there is one)"),
    "name_i_y": (0.1, "i for y, or y for i, at the end of a word (where there is one)"),
    "name_sound": (0.008, "a first letter as it sounds: l for n, s for x, tr for ch"),
    "name_letter_dropped": (0.004, "a letter left out"),
    "name_letter_doubled": (0.003, "a letter typed twice"),
    "name_letters_swapped": (0.004, "two letters in the wrong order"),
    "name_letter_beside": (0.005, "the key beside"),
    "name_middle_wrong": (0.01, "another middle name"),
    "name_middle_dropped": (0.012, "the middle name left out"),
    "name_given_other": (0.003, "the name that the village calls the person by"),
    "name_tcvn3": (0.012, "TCVN3 bytes read as Latin-1, in name and village"),
    "name_mojibake": (0.002, "UTF-8 bytes read as Latin-1"),
    "name_letters_lost": (0.002, "letters turned into question marks"),
    "name_decomposed": (0.02, "marks as characters of their own (NFD)"),
    "name_spaces": (0.04, "spaces too many"),
    # births
    "birth_missing": (0.04, "no birth at all"),
    "birth_year_only": (0.84, "the year alone"),
    "birth_first_january": (0.08, "01/01 before a year that alone is known"),
    "birth_year_off": (0.02, "a year too early or too late"),
    "birth_lunar": (0.2, "born before Tết: the lunar year, one earlier"),
    "birth_year_swapped": (0.004, "two digits of the year exchanged"),
    "birth_digit": (0.004, "a digit of the year wrong"),
    "birth_day_month_swapped": (0.02, "day and month exchanged (of full dates)"),
    "birth_day_wrong": (0.01, "another day of the month (of full dates)"),
    "birth_form": (0.25, "a full date in a rarer form: ISO, dots, no separators, Excel's number"),
    # sex
    "sex_missing": (0.25, "no sex"),
    "sex_wrong": (0.01, "the other sex"),
    "sex_form": (0.3, "the sex in capitals, in small letters, without its mark"),
    # numbers
    "number_missing": (0.315, "no number"),
    "number_former": (0.34, "the 9-digit number instead of the 12-digit one (of those with a number)"),
    "number_digit": (0.008, "a digit wrong"),
    "number_swapped": (0.005, "two neighbouring digits exchanged"),
    "number_beside": (0.004, "the key beside on the number pad"),
    "number_zero_lost": (0.06, "the leading zero eaten by a spreadsheet (of 12-digit numbers)"),
    "number_family": (0.01, "the number of the spouse or of another of the family"),
    "number_two": (0.008, "two numbers in the cell"),
    "number_placeholder": (0.01, "a filler instead of a number (where there is none)"),
    "number_malformed": (0.006, "digits too few or too many"),
    "number_form": (0.03, "spaces, dots, a word or an apostrophe about the number"),
    # where
    "village_missing": (0.1, "no village"),
    "village_bare": (0.2, "the village without thôn or khu phố"),
    "village_abbreviated": (0.15, "T., KP, TDP for the word before the village"),
    "village_renamed": (0.05, "the word that was used before: thôn for a khu phố, xóm for a thôn"),
    "village_misspelt": (0.02, "a slip in the village"),
    "village_other": (0.03, "another village of the commune"),
    "village_with_commune": (0.06, "the former commune behind the village"),
    "commune_former": (0.45, "the commune of before the merger"),
    "commune_bare": (0.25, "the commune without xã or phường"),
    "commune_missing": (0.03, "no commune"),
    "commune_misspelt": (0.004, "a slip in the commune"),
    "district_missing": (0.5, "no district behind a former commune"),
    "elsewhere": (0.1, "kept by another commune than the one where the person lives"),
}

#: What each kind of dirt is.
DIRT: dict[str, str] = {kind: text for kind, (_, text) in _KINDS.items()}
#: How often it happens; those with a condition in their text, of the land users that fulfil it.
RATES: dict[str, float] = {kind: rate for kind, (rate, _) in _KINDS.items()}
#: Habits of an office rather than of haste: these do not grow with the carelessness of a record.
EVEN = frozenset(
    {
        "name_upper", "name_prefix", "name_couple", "name_tone_placed", "name_i_y", "birth_year_only",
        "birth_first_january", "birth_form", "number_missing", "number_former", "number_placeholder",
        "sex_missing", "sex_form", "village_bare", "village_abbreviated", "village_renamed",
        "village_with_commune", "commune_former", "commune_bare", "district_missing", "elsewhere",
    }
)  # fmt: skip
