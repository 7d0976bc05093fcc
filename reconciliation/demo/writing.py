"""The province into the database, and out of it again."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from citizens.models import RegistryExtract
from landdb import bulk
from landdb.models import AdminUnit, Delivery, ReceivedFile
from landdb.reference.units import MERGER

from . import rates
from .people import TODAY
from .places import communes
from .province import Ids, Part, Size, parts, people_only
from .state import file_name

#: Tables in the order in which they are written.
TABLES = (
    "citizens_resident", "parcels_landuser", "parcels_mapsheet", "parcels_sheetcrosswalk", "parcels_plot",
    "parcels_landuse", "parcels_certificate", "parcels_scan", "parcels_holding", "parcels_registration",
    "parcels_asset",
)  # fmt: skip
#: Tables whose keys the province gives itself.
_NUMBERED = ("citizens_resident", "parcels_landuser", "parcels_plot", "parcels_certificate")
_KEPT = {"parcels_landusecode", "parcels_origincode", "parcels_headermapping", "reconciliation_rulesetting"}
#: Plots that are copied at once, at least.
_WORTH_A_COPY = 10_000
_GROUND = (
    "landdb_receivedfile",
    "landdb_rowproblem",
    "landdb_delivery",
    "landdb_job",
    "landdb_jobchunk",
    "landdb_jobline",
)


def folder() -> Path:
    """Where the truth and the files of a real office lie."""
    return Path(settings.VAR) / "demo"


def truth_path() -> Path:
    """Who every land user really is: `source_key`, `resident_key` (null: nobody in the registry), `case`."""
    return folder() / "truth.parquet"


def clear() -> None:
    """Empty every table of data; accounts, units, codes, rules and mappings stay."""
    labels = ("parcels", "citizens", "reconciliation")
    tables = (
        model._meta.db_table
        for label in labels
        for model in apps.get_app_config(label).get_models()
        if model._meta.managed and model._meta.db_table not in _KEPT
    )
    bulk.truncate([*tables, *_GROUND], restarts_keys=True)


@transaction.atomic
def write(size: Size) -> dict[str, int]:
    """Write the province at COPY speed; rows per table. All or nothing."""
    ids = _receive(size)
    counts = dict.fromkeys(TABLES, 0)
    truth = _Truth(truth_path())
    with bulk.bare(TABLES):
        for several in _together(parts(size, ids)):
            for table in TABLES:
                rows = pa.concat_tables([part.tables[table] for part in several], promote_options="default")
                counts[table] += bulk.copy_in(rows, table)
            for part in several:
                truth.add(part)
    truth.close()
    _deliver(ids)
    _count(ids, size, counts)
    return counts


def _together(made: Iterator[Part]) -> Iterator[list[Part]]:
    """Communes side by side until a COPY is worth its while."""
    waiting: list[Part] = []
    for part in made:
        waiting.append(part)
        if sum(one.tables["parcels_plot"].num_rows for one in waiting) >= _WORTH_A_COPY:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


class _Truth:
    """The truth about every land user, beside the database and never in it; in place once the rows are."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.part = path.with_suffix(".part")
        self.writer: pq.ParquetWriter | None = None

    def add(self, part: Part) -> None:
        if self.writer is None:
            self.writer = pq.ParquetWriter(self.part, part.truth.schema)
        self.writer.write_table(part.truth)

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            transaction.on_commit(lambda: self.part.replace(self.path))


def keep_truth(size: Size) -> None:
    """Write the truth again where its file was lost: the same seed knows it."""
    ids = Ids({commune.code: 0 for commune in communes()}, {}, 0, 0)
    truth = _Truth(truth_path())
    for part in people_only(size, ids):
        truth.add(part)
    truth.close()


def _receive(size: Size) -> Ids:
    """The two received files that the rows refer to, and the units by their codes."""
    name = file_name(size.plots, size.seed)
    digest = hashlib.sha256(name.encode()).hexdigest()
    made = ReceivedFile.objects.create(kind=ReceivedFile.Kind.DEMO, name=name, sha256=digest, size=0)
    digest = hashlib.sha256((name + " residents").encode()).hexdigest()
    registry = ReceivedFile.objects.create(
        kind=ReceivedFile.Kind.RESIDENTS, name="trich-xuat-dan-cu.csv", sha256=digest, size=0
    )
    extract = RegistryExtract.objects.create(
        file=registry,
        # The one day that follows the clock: rules ask how old the evidence is.
        extracted_on=max(dt.date.today(), TODAY.astype(dt.date)),
        purpose="Đối chiếu người sử dụng đất (dữ liệu giả lập)",
    )
    units = AdminUnit.objects.filter(valid_from=MERGER, valid_to=None)
    former = AdminUnit.objects.former()
    return Ids(
        dict(units.values_list("code", "pk")),
        {(code, name): pk for code, name, pk in former.values_list("code", "name", "pk")},
        made.pk,
        extract.pk,
    )


def _deliver(ids: Ids) -> None:
    """Every source of every commune; of the smallest ones nobody has sent scans and registrations."""
    smallest = sorted(communes(), key=lambda commune: commune.population)[: rates.UNDELIVERED]
    late = {ids.communes[commune.code] for commune in smallest}
    unsent = {Delivery.Source.SCANS, Delivery.Source.REGISTRATIONS}
    Delivery.objects.bulk_create(
        Delivery(commune_id=commune, source=source)
        for commune in ids.communes.values()
        for source in Delivery.Source
        if not (commune in late and source in unsent)
    )


def _count(ids: Ids, size: Size, counts: dict[str, int]) -> None:
    """Numbers of the received files, and sequences that go on behind the given keys."""
    residents = counts["citizens_resident"]
    ReceivedFile.objects.filter(pk=ids.file).update(rows=size.plots, applied=size.plots)
    ReceivedFile.objects.filter(extract=ids.extract).update(rows=residents, applied=residents)
    RegistryExtract.objects.filter(pk=ids.extract).update(is_whole=True, changes={"new": residents})
    with connection.cursor() as cursor:
        for table in _NUMBERED:
            highest = f'SELECT max(id) FROM "{table}"'  # noqa: S608
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), ({highest}))")
