"""People whom the registry does not know, with their plots: made once for each run, in an empty database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from citizens.models import RegistryExtract, Resident
from landdb import bulk
from landdb.models import AdminUnit, Delivery, ReceivedFile, Role, User
from landdb.normalise import people
from landdb.reference.units import MERGER
from parcels.models import Holding, LandUser, Plot

from ...demo import names
from ...models import Verification
from .. import apart

#: Plots that each person holds, in turn: one and a half on average.
_PLOTS = (1, 1, 2, 1, 3, 1)
_BATCH = 5_000
_EMPTIED = (
    "reconciliation_policeanswer", "reconciliation_answerfile", "reconciliation_verificationbatch",
    "reconciliation_verificationline", "reconciliation_workitem", "reconciliation_verification",
    "reconciliation_match", "reconciliation_changeset", "reconciliation_plotstatus", "parcels_holding",
    "parcels_plot", "parcels_landuser", "citizens_resident", "citizens_registryextract",
    "landdb_receivedfile", "landdb_accesslog", "landdb_user", "landdb_job",
)  # fmt: skip


def make(people_wanted: int, seed: int) -> tuple[User, User, User]:
    """Empty the tables and fill them anew; who begins the list, who agrees and approves, and the police."""
    apart.manage("load_reference")
    bulk.truncate(_EMPTIED)
    with transaction.atomic():
        staff = (
            User.objects.create_user("bench-mai", full_name="Mai", role=Role.REVIEWER),
            User.objects.create_user("bench-chinh", full_name="Chính", role=Role.SENIOR_REVIEWER),
            User.objects.create_user("bench-ca", full_name="Công an", role=Role.POLICE_LIAISON),
        )
        communes = list(AdminUnit.objects.filter(valid_from=MERGER, valid_to=None).order_by("code"))
        Delivery.objects.bulk_create(
            (
                Delivery(commune=commune, source=source)
                for commune in communes
                for source in (Delivery.Source.REGISTER, Delivery.Source.RESIDENTS)
            ),
            ignore_conflicts=True,
        )
        found = LandUser.objects.bulk_create(_people(people_wanted, seed, communes), batch_size=_BATCH)
        _plots(found, communes)
        _registry(found)
        now = timezone.now()
        Verification.objects.bulk_create(
            (
                Verification(land_user=each, commune_id=each.commune_id, outcome="not_found", since=now)
                for each in found
            ),
            batch_size=_BATCH,
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return staff


def _people(wanted: int, seed: int, communes: Sequence[AdminUnit]) -> Iterator[LandUser]:
    """Names as in the demonstration; two in three bear a number."""
    rng = np.random.default_rng(seed)
    years, sexes = rng.integers(1935, 2000, wanted), rng.integers(0, 2, wanted)
    spelt = names.vocabulary()
    parts = names.draw(rng, spelt.surnames.draw(rng, wanted), sexes, years)
    for n, name in enumerate(parts.joined(spelt.texts).to_pylist()):
        year, is_woman = int(years[n]), int(sexes[n])
        number = f"024{is_woman}{year % 100:02}{n:06}" if n % 3 else ""
        raw = {
            "name_raw": name,
            "birth_raw": str(year),
            "sex_raw": "Nữ" if is_woman else "Nam",
            "id_number_raw": number,
            "address_raw": "Khu phố Đông",
        }
        keys = people.person(*raw.values())._asdict()
        own = {column.name for column in LandUser._meta.concrete_fields} - {"kind"}
        read = {key: value for key, value in keys.items() if key in own}
        yield LandUser(
            **raw | read | {"warnings": list(keys["warnings"])}, commune=communes[n % len(communes)]
        )


def _plots(found: Sequence[LandUser], communes: Sequence[AdminUnit]) -> None:
    wanted = [(person, n) for n, person in enumerate(found) for _plot in range(_PLOTS[n % len(_PLOTS)])]
    plots = Plot.objects.bulk_create(
        (
            Plot(
                commune=communes[n % len(communes)],
                sheet=1 + place // 500,
                number=1 + place,
                legal_area=Decimal(100),
                address="Khu phố Đông",
            )
            for place, (_person, n) in enumerate(wanted)
        ),
        batch_size=_BATCH,
    )
    Holding.objects.bulk_create(
        (
            Holding(
                plot=plot,
                land_user=person,
                commune_id=plot.commune_id,
                legal_form=Holding.LegalForm.INDIVIDUAL,
                role=Holding.Role.HOLDER,
            )
            for plot, (person, _n) in zip(plots, wanted, strict=True)
        ),
        batch_size=_BATCH,
    )


def _registry(found: Sequence[LandUser]) -> None:
    """Every fourth stands in the registry under the number of the register, nine years older."""
    file = ReceivedFile.objects.create(
        kind=ReceivedFile.Kind.RESIDENTS, name="bench", sha256="0" * 64, size=0
    )
    extract = RegistryExtract.objects.create(file=file)
    Resident.objects.bulk_create(
        (
            Resident(
                resident_key=f"bench-{n}",
                extract=extract,
                commune_id=person.commune_id,
                name=person.name,
                name_key=person.name_key,
                name_fold=person.name_fold,
                birth_year=(person.birth_year or 1970) - 9,
                sex=person.sex,
                id_number=person.id_number,
                id_kind=person.id_kind,
            )
            for n, person in enumerate(found)
            if n % 4 == 1 and person.id_number
        ),
        batch_size=_BATCH,
    )
