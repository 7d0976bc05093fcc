"""Made-up records, each whole and in order until a test says otherwise, all of a call in one commune."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

import shapely
from django.utils import timezone

from citizens.models import RegistryExtract, Resident
from landdb.models import AdminUnit, Delivery, ReceivedFile, RegistrationOffice, Role, User
from landdb.normalise import people
from parcels.models import (
    Certificate,
    Holding,
    LandUse,
    LandUseCode,
    LandUser,
    OriginCode,
    Plot,
    Registration,
    Scan,
)
from reconciliation.models import Match, OutsideOpinion, Verification
from tests.geohash import geohash

_numbers = count(1)

PASSWORD = "matkhau-thu-nghiem"


def make_office(**fields: Any) -> RegistrationOffice:
    n = next(_numbers)
    return RegistrationOffice.objects.create(**{"code": f"VP{n}", "name": f"Văn phòng số {n}"} | fields)


def make_commune(*, delivered: bool = True, **fields: Any) -> AdminUnit:
    """One of today's communes; `delivered`: every source has been handed over for it."""
    n = next(_numbers)
    given = {
        "code": f"{n % 100_000:05}",
        "name": f"Phường Thử {n}",
        "short_name": f"Thử {n}",
        "kind": AdminUnit.Kind.WARD,
        "province": "Bắc Ninh",
        "province_code": "24",
        "valid_from": dt.date(2025, 7, 1),
        "sort_key": f"thu {n:06}",
    } | fields
    commune = AdminUnit.objects.create(**given)
    if delivered:
        deliver(commune, *Delivery.Source.values)
    return commune


def deliver(commune: AdminUnit, *sources: str) -> None:
    """Sources that have been handed over for a commune."""
    for source in sources:
        Delivery.objects.get_or_create(commune=commune, source=source)


def make_user(role: str = Role.REVIEWER, **fields: Any) -> User:
    """An account that signs in with PASSWORD; a commune official gets a commune."""
    n = next(_numbers)
    given = {"username": f"{role}{n}", "full_name": f"Cán bộ {n}", "role": role} | fields
    if role == Role.COMMUNE_OFFICIAL and "commune" not in given:
        given["commune"] = make_commune()
    return User.objects.create_user(password=PASSWORD, **given)


def make_file(**fields: Any) -> ReceivedFile:
    n = next(_numbers)
    given = {"kind": ReceivedFile.Kind.DEMO, "name": f"tep-{n}.csv", "sha256": f"{n:064x}", "size": 0}
    return ReceivedFile.objects.create(**given | fields)


def make_codes() -> None:
    """The few purposes and origins that the other factories use; safe to call again."""
    LandUseCode.objects.get_or_create(
        code="ONT", defaults={"name": "Đất ở tại nông thôn", "land_group": "residential"}
    )
    LandUseCode.objects.get_or_create(
        code="CLN", defaults={"name": "Đất trồng cây lâu năm", "land_group": "agricultural"}
    )
    OriginCode.objects.get_or_create(code="CNQ-CTT", defaults={"name": "Công nhận như giao đất có thu tiền"})


def make_plot(commune: AdminUnit | None = None, *, uses: bool = True, **fields: Any) -> Plot:
    """A drawn, coded, measured plot; `uses`: with one line of use over its whole area."""
    n = next(_numbers)
    commune = commune or make_commune()
    x, y = 500_000.0 + 40 * n, 2_350_000.0
    given = {
        "commune": commune,
        "sheet": 1 + n // 500,
        "number": n,
        "code": geohash(21.18 + n / 50_000, 106.06),
        "legal_area": Decimal("120.0"),
        "measured_area": Decimal("120.0"),
        "address": "Khu phố Đông",
        "geometry": shapely.box(x, y, x + 10, y + 12).wkb,
        "srid": 9209,
        "box": (x, y, x + 10, y + 12),
        "lon": 106.06,
        "lat": 21.18 + n / 50_000,
        "map_source": Plot.MapSource.CADASTRAL,
    } | fields
    plot = Plot.objects.create(**given)
    if uses:
        make_land_use(plot)
    return plot


def make_land_use(plot: Plot, **fields: Any) -> LandUse:
    make_codes()
    given = {
        "commune_id": plot.commune_id,
        "line": plot.land_uses.count() + 1,
        "purpose_raw": "ONT",
        "purpose": "ONT",
        "area": plot.legal_area,
        "origin_raw": "CNQ-CTT",
        "origin": "CNQ-CTT",
        "form": LandUse.Form.PRIVATE,
        "term_raw": "Lâu dài",
        "term_kind": "long",
    } | fields
    return LandUse.objects.create(plot=plot, **given)


def make_land_user(commune: AdminUnit | None = None, **fields: Any) -> LandUser:
    """A complete individual. Raw values given are read into their columns as the importers do it."""
    n = next(_numbers)
    commune = commune or make_commune()
    raw = {
        "name_raw": f"Nguyễn Văn Thử {_word(n)}",
        "birth_raw": "12/03/1975",
        "sex_raw": "Nam",
        "id_number_raw": f"024075{n:06}",
        "address_raw": "Khu phố Đông",
    } | {key: value for key, value in fields.items() if key.endswith("_raw")}
    read = people.person(
        raw["name_raw"], raw["birth_raw"], raw["sex_raw"], raw["id_number_raw"], raw["address_raw"]
    )._asdict()
    columns = {field.name for field in LandUser._meta.fields}
    given = {key: value for key, value in read.items() if key in columns and key not in ("kind", "sex_hint")}
    given |= {"warnings": list(read["warnings"]), "phone": "0900000000", "commune": commune}
    return LandUser.objects.create(**given | raw | fields)


def make_resident(like: LandUser | None = None, **fields: Any) -> Resident:
    """A resident; `like`: the same person as this land user."""
    n = next(_numbers)
    keys = (
        "name",
        "name_key",
        "name_fold",
        "birth_on",
        "birth_year",
        "sex",
        "id_number",
        "id_kind",
        "village",
    )
    given: dict[str, Any] = {"resident_key": f"cd{n}"}
    if like is not None:
        given |= {key: getattr(like, key) for key in keys} | {"commune": like.commune}
    else:
        given |= {
            "name": f"Trần Thị Thử {_word(n)}",
            "name_key": "",
            "name_fold": "",
            "id_number": f"{n:012}",
        }
    if "extract" not in fields:
        given["extract"] = make_extract()
    return Resident.objects.create(**given | fields)


def make_extract(**fields: Any) -> RegistryExtract:
    given = {"extracted_on": timezone.localdate()} | fields
    if "file" not in given:
        given["file"] = make_file(kind=ReceivedFile.Kind.RESIDENTS)
    return RegistryExtract.objects.create(**given)


def make_verification(
    land_user: LandUser, outcome: str = Verification.Outcome.MATCHED, **fields: Any
) -> Verification:
    """What the registry says of a land user; found ones get a resident like them."""
    found = ("matched", "mismatch", "deceased")
    if outcome in found and "resident" not in fields:
        fields["resident"] = make_resident(land_user)
    given = {"commune": land_user.commune, "since": timezone.now()} | fields
    return Verification.objects.create(land_user=land_user, outcome=outcome, **given)


def make_match(land_user: LandUser, resident: Resident | None = None, **fields: Any) -> Match:
    given = {
        "commune": land_user.commune,
        "stage": Match.Stage.SCORED,
        "score": 1.0,
        "probability": 0.73,
        "outcome": Match.Outcome.REVIEW,
    } | fields
    return Match.objects.create(land_user=land_user, resident=resident or make_resident(land_user), **given)


def make_certificate(commune: AdminUnit | None = None, *, scanned: bool = True, **fields: Any) -> Certificate:
    """A valid certificate with its scan linked and signed."""
    n = next(_numbers)
    serial = fields.get("serial", f"CD {n:06}")
    given = {
        "commune": commune or make_commune(),
        "serial": serial,
        "serial_raw": serial,
        "kind": "GCN QSDĐ",
        "issued_raw": "20/05/2018",
        "issued_on": dt.date(2018, 5, 20),
        "book_number_raw": f"CH{n:05}",
        "book_number": f"CH{n:05}",
    } | fields
    certificate = Certificate.objects.create(**given)
    if scanned:
        make_scan(certificate)
    return certificate


def make_scan(certificate: Certificate, **fields: Any) -> Scan:
    given = {
        "commune_id": certificate.commune_id,
        "file_name": f"{certificate.serial}-GCN.pdf",
        "kind": Scan.Kind.CERTIFICATE,
        "is_linked": True,
        "is_signed": True,
    } | fields
    return Scan.objects.create(certificate=certificate, **given)


def make_registration(plot: Plot, **fields: Any) -> Registration:
    given = {"commune_id": plot.commune_id, "kind": "CN", "registered_on": dt.date(2026, 1, 5)} | fields
    return Registration.objects.create(plot=plot, **given)


def make_holding(
    plot: Plot, land_user: LandUser | None = None, certificate: Certificate | None = None, **fields: Any
) -> Holding:
    """A row of Form 01: plot × land user × certificate, either of which may be missing."""
    given = {
        "commune_id": plot.commune_id,
        "legal_form": Holding.LegalForm.INDIVIDUAL,
        "role": Holding.Role.HOLDER,
        "certificate_sheet": str(plot.sheet or ""),
        "certificate_plot": str(plot.number or ""),
    } | fields
    return Holding.objects.create(plot=plot, land_user=land_user, certificate=certificate, **given)


def make_ready_plot(commune: AdminUnit | None = None, **fields: Any) -> Plot:
    """A plot that every rule is content with: holder verified, certificate scanned, linked and signed."""
    plot = make_plot(commune, **fields)
    land_user = make_land_user(plot.commune)
    make_verification(land_user)
    make_holding(plot, land_user, make_certificate(plot.commune))
    return plot


def make_opinion(plot: Plot, **fields: Any) -> OutsideOpinion:
    """What MPLIS says of a plot: group 1 and nothing against it."""
    given = {
        "commune_id": plot.commune_id,
        "group": OutsideOpinion.Says.READY,
        "has_book": True,
        "is_in_step": True,
        "population": OutsideOpinion.Population.MATCHED,
        "is_always_on": True,
        "since": timezone.now(),
    } | fields
    if "file" not in given:
        given["file"] = make_file(kind=ReceivedFile.Kind.OPINIONS)
    return OutsideOpinion.objects.create(plot=plot, **given)


def make_drawn_plot(commune: AdminUnit | None = None, **fields: Any) -> Plot:
    """A plot of which the map knows the outline and nobody anything else."""
    return make_plot(commune, uses=False, **{"legal_area": None, "address": "", "code": ""} | fields)


def _word(n: int) -> str:
    """A number as letters, so that made-up names differ in more than digits."""
    letters = ""
    while n:
        n, rest = divmod(n, 20)
        letters = "bcdghklmnpqrstvxaeio"[rest] + letters
    return (letters + "a").capitalize()
