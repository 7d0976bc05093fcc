"""For every rule what makes it speak, and what comes near and must leave it silent.

Each begins with a plot that is in order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from landdb.models import AdminUnit
from parcels.models import Holding, LandUseCode, Plot, SheetCrosswalk
from tests import factories as make
from tests.geohash import geohash

from .looking import certificate, change, holder, known_as, use

Break = Callable[[Plot], object]
TODAY = dt.date.today()


def person(**fields: object) -> Break:
    return lambda plot: change(holder(plot), **fields)


def paper(**fields: object) -> Break:
    return lambda plot: change(certificate(plot), **fields)


def plot_is(**fields: object) -> Break:
    return lambda plot: change(plot, **fields)


def line(**fields: object) -> Break:
    return lambda plot: change(use(plot), **fields)


def holding(**fields: object) -> Break:
    return lambda plot: plot.holdings.update(**fields)


def scans(**fields: object) -> Break:
    return lambda plot: certificate(plot).scans.update(**fields)


def verified(outcome: str, **fields: object) -> Break:
    return lambda plot: change(holder(plot).verification, outcome=outcome, **fields)


def resident(**fields: object) -> Break:
    return lambda plot: change(known_as(plot), **fields)


def bare(plot: Plot) -> None:
    plot.holdings.all().delete()
    plot.land_uses.all().delete()


def unlocatable(plot: Plot) -> None:
    change(plot, sheet=None, geometry=None)
    plot.holdings.update(certificate_sheet="", certificate_plot="")


def numbered_in_print_alone(plot: Plot) -> None:
    change(plot, sheet=None, number=None, geometry=None)
    plot.holdings.update(certificate_sheet="7", certificate_plot="8")


def unidentifiable(plot: Plot) -> None:
    plot.holdings.update(land_user=None, certificate=None)


def no_holder(plot: Plot) -> None:
    plot.holdings.update(land_user=None)


def second_holder(plot: Plot, **fields: object) -> Holding:
    other = make.make_land_user(plot.commune)
    make.make_verification(other)
    return make.make_holding(plot, other, make.make_certificate(plot.commune), **fields)


def couple_on_one_certificate(plot: Plot) -> None:
    wife = make.make_land_user(plot.commune, name_raw="Trần Thị Thử Nghiệm", sex_raw="Nữ", id_number_raw="")
    make.make_verification(wife)
    make.make_holding(plot, wife, certificate(plot), legal_form="couple")


def recorded_twice_on_two_certificates(plot: Plot) -> None:
    again = make.make_land_user(plot.commune)
    make.make_verification(again, resident=known_as(plot))
    make.make_holding(plot, again, make.make_certificate(plot.commune))


def same_number_another_name(plot: Plot) -> None:
    make.make_land_user(plot.commune, id_number_raw=holder(plot).id_number, name_raw="Lê Thị Khác Tên")


def same_number_same_name(plot: Plot) -> None:
    make.make_land_user(plot.commune, id_number_raw=holder(plot).id_number, name_raw=holder(plot).name_raw)


def same_resident(plot: Plot) -> None:
    other = make.make_land_user(plot.commune)
    make.make_verification(other, resident=known_as(plot))


def same_serial(plot: Plot) -> None:
    make.make_certificate(plot.commune, serial=certificate(plot).serial)


def same_plot_number(plot: Plot, **fields: object) -> None:
    make.make_plot(plot.commune, sheet=plot.sheet, number=plot.number, **fields)


def same_plot_number_elsewhere(plot: Plot) -> None:
    make.make_plot(make.make_commune(), sheet=plot.sheet, number=plot.number)


def same_code(plot: Plot) -> None:
    make.make_plot(plot.commune, code=plot.code)


def two_new_sheets(plot: Plot, targets: int = 2) -> None:
    old = make.make_commune(successor=plot.commune, valid_to=dt.date(2025, 6, 30))
    for sheet in range(101, 101 + targets):
        SheetCrosswalk.objects.create(old_unit=old, old_sheet=7, commune=plot.commune, sheet=sheet)
    change(plot, sheet=None, number=None)
    plot.holdings.update(certificate_sheet="7", certificate_plot="12")


def merged_commune(plot: Plot) -> None:
    change(plot.commune, valid_to=dt.date(2025, 6, 30), successor=make.make_commune())


def retired_beside(plot: Plot) -> None:
    gone = make.make_plot(plot.commune, state=Plot.State.RETIRED)
    make.make_holding(gone, holder(plot), certificate(plot))


def old_code(plot: Plot) -> None:
    LandUseCode.objects.create(
        code="BHK",
        name="Đất bằng trồng cây hằng năm khác",
        land_group="agricultural",
        valid_to=dt.date(2024, 7, 31),
    )
    change(use(plot), purpose="BHK")


def organisation(id_number_raw: str) -> Break:
    def set_up(plot: Plot) -> None:
        company = make.make_land_user(
            plot.commune, name_raw="Công ty TNHH Thử", kind="organisation", id_number_raw=id_number_raw
        )
        make.make_verification(company, "not_applicable")
        plot.holdings.update(land_user=company, legal_form="organisation")

    return set_up


def old_extract(days: int) -> Break:
    return lambda plot: change(known_as(plot).extract, extracted_on=TODAY - dt.timedelta(days=days))


def unverified(plot: Plot) -> None:
    holder(plot).verification.delete()


FINDS: dict[str, Break] = {
    "map_only": bare,
    "unlocatable": unlocatable,
    "unidentifiable": unidentifiable,
    "obsolete_map": plot_is(map_source="299"),
    "coordinates_impossible": plot_is(geometry_fault="outside"),
    "certificates_conflict": second_holder,
    "id_number_missing": person(id_number="", id_kind="empty"),
    "id_number_malformed": person(id_number="", id_kind="malformed"),
    "id_number_contradicts": person(birth_on=None, birth_year=1974),
    "id_number_shared": same_number_another_name,
    "id_number_outdated": person(id_number="125123456", id_kind="cmnd"),
    "birth_missing": person(birth_on=None, birth_year=None),
    "sex_missing": person(sex=""),
    "holder_address_missing": person(address_raw=" -- "),
    "name_garbled": person(warnings=["name.tcvn3"]),
    "placeholder_value": person(warnings=["name.placeholder"]),
    "tax_code_invalid": organisation("125123456"),
    "holder_not_found": verified("not_found", resident=None),
    "holder_ambiguous": verified("ambiguous", resident=None),
    "holder_differs": verified("mismatch", differs="name"),
    "holder_unverified": unverified,
    "holder_duplicated": same_resident,
    "holder_deceased": verified("deceased"),
    "holder_struck_off": resident(status="cancelled"),
    "evidence_stale": old_extract(366),
    "holder_missing": no_holder,
    "current_user_differs": holding(current_user_name="Lê Thị Khác", change_reason="Thừa kế"),
    "sheet_ambiguous": two_new_sheets,
    "certificate_missing": holding(certificate=None),
    "certificate_superseded": paper(state="superseded"),
    "serial_missing": paper(serial="", serial_raw=""),
    "serial_malformed": paper(serial="CD 12345"),
    "serial_shared": same_serial,
    "book_number_missing": paper(book_number="", book_number_raw=""),
    "book_number_placeholder": paper(book_number="", book_number_raw="--\\--"),
    "issue_date_missing": paper(issued_on=None, issued_raw=""),
    "certificate_date_impossible": paper(issued_on=TODAY + dt.timedelta(days=1)),
    "retired_plot_in_use": retired_beside,
    "scan_missing": lambda plot: certificate(plot).scans.all().delete(),
    "scan_unlinked": scans(is_linked=False),
    "scan_unsigned": scans(is_signed=False),
    "land_use_missing": lambda plot: plot.land_uses.all().delete(),
    "land_use_area_differs": line(area=Decimal("118.7")),
    "land_use_code_unknown": line(purpose="", purpose_raw="đất gì đó"),
    "land_use_code_outdated": old_code,
    "origin_missing": line(origin="", origin_raw=""),
    "term_missing": line(term_kind="", term_raw=""),
    "plot_number_missing": plot_is(number=None),
    "plot_duplicated": same_plot_number,
    "plot_address_missing": plot_is(address="..."),
    "area_missing": plot_is(legal_area=None),
    "plot_code_missing": plot_is(code=""),
    "plot_code_wrong": plot_is(code=geohash(21.1, 106.2)),
    "plot_code_shared": same_code,
    "unit_obsolete": merged_commune,
    "registration_pending": lambda plot: make.make_registration(plot, state="pending"),
    "geometry_missing": plot_is(geometry=None),
    "geometry_invalid": plot_is(geometry_fault="invalid"),
    "plot_overlaps": plot_is(overlap_area=Decimal("0.6")),
    "area_differs_from_map": plot_is(measured_area=Decimal("128.0")),
    "phone_missing": person(phone=""),
    "legal_form_missing": holding(legal_form=""),
    "spouse_missing": holding(legal_form="couple"),
    "members_missing": holding(legal_form="household"),
    "book_number_long": paper(book_number="CH012345678"),
    "term_placeholder": line(term_kind="until", term_until=dt.date(2074, 8, 1)),
    "term_ended": line(term_kind="until", term_until=TODAY - dt.timedelta(days=1)),
}

#: Near misses: within the tolerance, on the boundary, or only alike.
SILENT: list[tuple[str, Break]] = [
    ("land_use_area_differs", line(area=Decimal("119.5"))),
    ("land_use_area_differs", line(area=Decimal("118.8"))),
    ("area_differs_from_map", plot_is(measured_area=Decimal("126.0"))),
    ("area_differs_from_map", plot_is(measured_area=None)),
    ("plot_overlaps", plot_is(overlap_area=Decimal("0.5"))),
    ("evidence_stale", old_extract(365)),
    ("certificate_date_impossible", paper(issued_on=TODAY)),
    ("certificate_date_impossible", paper(serial="A 123456", issued_on=dt.date(1996, 5, 4))),
    ("certificate_date_impossible", paper(issued_on=None, issued_raw="")),
    ("serial_malformed", paper(serial="AĐ 123456")),
    ("serial_malformed", paper(serial="AB 12345678", issued_on=dt.date(2025, 2, 1))),
    ("serial_malformed", paper(serial="", serial_raw="...")),
    ("book_number_missing", paper(book_number="", book_number_raw="--\\--")),
    ("book_number_long", paper(book_number="CH01234567")),
    ("term_ended", line(term_kind="until", term_until=TODAY)),
    ("term_missing", line(term_kind="years", term_raw="50 năm")),
    ("id_number_contradicts", person(birth_on=None, birth_year=None)),
    ("id_number_contradicts", person(sex="")),
    ("id_number_shared", same_number_same_name),
    ("id_number_missing", person(id_number="125123456", id_kind="cmnd")),
    ("certificates_conflict", couple_on_one_certificate),
    ("certificates_conflict", recorded_twice_on_two_certificates),
    (
        "certificates_conflict",
        lambda plot: [second_holder(plot), plot.holdings.update(legal_form="co_users")],
    ),
    ("plot_duplicated", lambda plot: same_plot_number(plot, state=Plot.State.RETIRED)),
    ("plot_duplicated", same_plot_number_elsewhere),
    ("sheet_ambiguous", lambda plot: two_new_sheets(plot, targets=1)),
    ("plot_code_wrong", plot_is(code="")),
    ("name_garbled", organisation("0100109106")),
    ("tax_code_invalid", organisation("0100109106")),
    ("tax_code_invalid", organisation("")),
    ("birth_missing", organisation("0100109106")),
    ("holder_unverified", organisation("0100109106")),
    ("current_user_differs", lambda plot: plot.holdings.update(current_user_name=holder(plot).name.upper())),
    ("unlocatable", plot_is(sheet=None, number=None)),
    ("unlocatable", numbered_in_print_alone),
    ("unidentifiable", no_holder),
    ("map_only", lambda plot: plot.holdings.all().delete()),
    ("scan_missing", paper(state="superseded")),
    ("scan_unsigned", scans(is_linked=False, is_signed=False)),
    ("spouse_missing", couple_on_one_certificate),
    ("unit_obsolete", lambda plot: AdminUnit.objects.filter(pk=plot.commune_id).update(valid_to=TODAY)),
]
