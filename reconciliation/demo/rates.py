"""How often everything happens in the synthetic province.

The rates of the land register are chosen so that, before any work, about 15 % of the plots are complete, 43 %
want supplements and 42 % must be built anew, most of these in old Bắc Giang, where plots are drawn on maps
only. Those of the people follow what offices found: 87 % year-only births, a third of the numbers of nine
digits, a sixth missing, a tenth of the land users recorded twice.
"""

from __future__ import annotations

from enum import IntEnum

#: Per plot.
LAND_USERS, RESIDENTS = 0.25, 0.75


class Kind(IntEnum):
    """What a plot is like before any work."""

    READY = 0
    SUPPLEMENT = 1
    MAP_ONLY = 2
    UNLOCATABLE = 3
    UNIDENTIFIABLE = 4
    OBSOLETE_MAP = 5
    CONFLICT = 6
    IMPOSSIBLE = 7


#: Share of every kind of plot in old Bắc Ninh and in old Bắc Giang.
KINDS_BAC_NINH = (0.285, 0.59, 0.072, 0.012, 0.014, 0.012, 0.009, 0.006)
KINDS_BAC_GIANG = (0.05, 0.30, 0.595, 0.012, 0.016, 0.014, 0.007, 0.006)

#: Of the land users: organisations, communities, second records, people whom the registry does not know.
ORGANISATIONS, COMMUNITIES, SECOND_RECORDS, NOT_IN_REGISTRY = 0.02, 0.005, 0.125, 0.05
#: Of the second records: written down in the neighbouring commune.
ELSEWHERE = 0.25

#: Who of a family stands on the certificate: the head, the couple, the household, the wife alone.
PARTIES = (0.42, 0.32, 0.12, 0.14)
#: Plots per certificate: one, two, three, four.
PLOTS_PER_CERTIFICATE = (0.6, 0.22, 0.11, 0.07)

#: Registry status of the living, beside deceased (by age): cancelled, moved abroad.
CANCELLED, ABROAD = 0.003, 0.006

#: Name as typed, for land users whose record is in order and for the others.
NAME_STYLES = (
    "plain", "upper", "prefix", "household", "label", "bare", "bare_upper", "tone", "respelt", "tcvn3",
    "typo", "couple", "dead", "lost_letters", "placeholder", "spaces", "nfd",
)  # fmt: skip
NAMES_IN_ORDER = (0.45, 0.20, 0.20, 0.10, 0.05) + (0.0,) * 12
NAMES_OTHERS = (
    0.30, 0.15, 0.16, 0.08, 0.03, 0.04, 0.03, 0.035, 0.015, 0.025, 0.04,
    0.05, 0.015, 0.006, 0.002, 0.02, 0.012,
)  # fmt: skip

BIRTH_STYLES = ("year", "january", "day", "iso", "year_off", "missing", "swapped", "compact", "serial")
BIRTHS_IN_ORDER = (0.88, 0.04, 0.08, 0, 0, 0, 0, 0, 0)
BIRTHS_OTHERS = (0.855, 0.03, 0.035, 0.01, 0.03, 0.025, 0.005, 0.005, 0.005)

NUMBER_STYLES = (
    "citizen", "former", "missing", "lost_zero", "swapped", "spouse", "shared", "malformed", "placeholder",
    "two",
)  # fmt: skip
NUMBERS_OTHERS = (0.185, 0.47, 0.235, 0.045, 0.02, 0.015, 0.01, 0.01, 0.005, 0.005)

SEX_MISSING, SEX_WRONG = 0.06, 0.01
ADDRESS_STYLES = ("new", "old", "bare", "village", "missing")
ADDRESSES_IN_ORDER = (1, 0, 0, 0, 0)
ADDRESSES_OTHERS = (0.3, 0.5, 0.06, 0.08, 0.06)
PHONE = 0.35
TAX_CODE_WRONG, TAX_CODE_MISSING = 0.08, 0.05

#: Defects of a plot of the second group. Several may meet; a plot that drew none gets one all the same.
PLOT_DEFECTS = {
    "geometry_missing": 0.04,
    "plot_code_missing": 0.12,
    "plot_code_wrong": 0.006,
    "plot_code_shared": 0.004,
    "plot_address_missing": 0.06,
    "area_missing": 0.02,
    "area_differs_from_map": 0.05,
    "geometry_invalid": 0.004,
    "plot_overlaps": 0.006,
    "plot_duplicated": 0.003,
    "sheet_ambiguous": 0.008,
    "unit_obsolete": 0.03,
    "registration_pending": 0.015,
    "land_use_missing": 0.03,
    "land_use_code_unknown": 0.01,
    "land_use_code_outdated": 0.035,
    "land_use_area_differs": 0.04,
    "origin_missing": 0.07,
    "term_missing": 0.05,
    "term_placeholder": 0.03,
    "term_ended": 0.012,
    "legal_form_missing": 0.01,
    "holder_missing": 0.003,
    "current_user_differs": 0.03,
}
#: Defects of a certificate of such plots.
CERTIFICATE_DEFECTS = {
    "certificate_missing": 0.12,
    "serial_missing": 0.03,
    "serial_malformed": 0.02,
    "serial_shared": 0.01,
    "book_number_missing": 0.08,
    "book_number_placeholder": 0.03,
    "book_number_long": 0.004,
    "issue_date_missing": 0.06,
    "certificate_date_impossible": 0.012,
    "certificate_superseded": 0.015,
    "scan_missing": 0.25,
    "scan_unlinked": 0.08,
    "scan_unsigned": 0.15,
}
#: Plots that stay behind as retired although a certificate still names them, of all plots.
RETIRED = 0.002
#: Plots with a house in Form 01, of those with attributes.
ASSETS = 0.06
#: Old sheets that lead to more than one of today's (227 of 5,698, domain.md 7).
AMBIGUOUS_SHEETS = 0.04
#: Communes whose scans and registrations nobody has delivered.
UNDELIVERED = 2
