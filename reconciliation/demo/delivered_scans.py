"""Scans that some communes of the demo deliver, as real ones do: a ZIP, unpacked, matched by its names.

Certificates of people on whom work waits come first, so that the desk shows them. Two files bear names that
say nothing: somebody has to look at them.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from landdb.models import AdminUnit, Role, User
from parcels import scan_names
from parcels.models import Certificate, Holding, Scan

from ..actions import scans
from ..models import ScanArrival, WorkItem
from . import drawn_scans
from .drawn_scans import Paper

#: Files that are drawn at most.
MOST = 200
#: A ZIP bears the same bytes whenever it is made.
_ZIPPED_ON = (2025, 11, 15, 9, 0, 0)
#: What the register lists, and of which nobody has sent the file.
KNOWN = {"is_linked": True, "stored": "", "kind": Scan.Kind.CERTIFICATE, "certificate__isnull": False}


def deliver(most: int = MOST) -> dict[str, int]:
    """Files for so many scans that the register lists; nothing where some have come already."""
    if ScanArrival.objects.exists():
        return {"arrivals": 0, "scans": 0}
    by_commune: dict[int, list[tuple[str, bytes]]] = defaultdict(list)
    chosen = _chosen(most)
    papers = _papers([scan.certificate_id for scan in chosen])
    for scan in chosen:
        content = drawn_scans.draw(papers[scan.certificate_id], is_signed=scan.is_signed)
        by_commune[scan.commune_id].append((scan.file_name, content))
    senders = _senders(by_commune)
    for commune, file in _nameless(senders):
        by_commune[commune].append(file)
    done = {"arrivals": 0, "scans": 0}
    for commune, files in sorted(by_commune.items()):
        if commune in senders:
            done["arrivals"] += 1
            done["scans"] += _arrive(senders[commune], commune, files)
    return done


def _chosen(most: int) -> list[Scan]:
    """One of each person at the desk, in its order, then others; then those of communes with officials."""
    queue = WorkItem.objects.at_desk().order_by("-plots", "pk").values_list("land_user", flat=True)
    place = {pk: n for n, pk in enumerate(queue[:most])}
    held = Holding.objects.filter(land_user__in=place, certificate__isnull=False).order_by("pk")
    first: dict[int | None, int] = {}
    for certificate, person in held.values_list("certificate", "land_user"):
        first[certificate] = min(place.get(person or 0, most), first.get(certificate, most))
    wanted = Scan.objects.filter(certificate__in=list(first), **KNOWN).select_related("certificate")
    seen: Counter[int] = Counter()
    order: dict[int, tuple[int, int]] = {}
    found = list(filter(_is_named, wanted.order_by("pk")))
    for scan in found:
        turn = first[scan.certificate_id]
        order[scan.pk] = (seen[turn], turn)
        seen[turn] += 1
    found = sorted(found, key=lambda scan: order[scan.pk])[:most]
    with_official = User.objects.filter(role=Role.COMMUNE_OFFICIAL, is_active=True).values("commune")
    others = Scan.objects.filter(commune__in=with_official, **KNOWN).exclude(certificate__in=list(first))
    more = others.select_related("certificate").order_by("pk")[: 2 * most]
    return found + list(filter(_is_named, more))[: most - len(found)]


def _is_named(scan: Scan) -> bool:
    """Does its name tell the serial that the register has?"""
    return scan.certificate is not None and scan_names.parse(scan.file_name).serial == scan.certificate.serial


def _papers(certificates: Iterable[int | None]) -> dict[int | None, Paper]:
    """What stands on each certificate, as the register has it."""
    held = Holding.objects.filter(certificate__in=list(certificates)).order_by("pk")
    by_paper: dict[int | None, list[Holding]] = defaultdict(list)
    for holding in held.select_related("certificate", "land_user", "plot__commune"):
        by_paper[holding.certificate_id].append(holding)
    return {pk: _paper(holdings) for pk, holdings in by_paper.items()}


def _paper(holdings: list[Holding]) -> Paper:
    first = holdings[0]
    names = [each.land_user.name or each.land_user.name_raw for each in holdings if each.land_user]
    plots = [f"tờ {each.plot.sheet or '?'} thửa {each.plot.number or '?'}" for each in holdings]
    return Paper(
        serial=first.certificate.serial if first.certificate else "",
        holders=", ".join(dict.fromkeys(names)),
        place=str(first.plot.commune),
        land="; ".join(list(dict.fromkeys(plots))[:3]),
    )


def _senders(communes: Iterable[int]) -> dict[int, User]:
    """Who sends a commune's scans: its official, else a reviewer of its office."""
    active = User.objects.filter(is_active=True).order_by("-pk")
    officials = {user.commune_id: user for user in active.filter(role=Role.COMMUNE_OFFICIAL)}
    reviewers = {user.office_id: user for user in active.filter(role=Role.REVIEWER)}
    units = AdminUnit.objects.in_bulk(list(communes))
    found = {pk: officials.get(pk) or reviewers.get(unit.office_id) for pk, unit in units.items()}
    return {pk: user for pk, user in found.items() if user is not None}


def _nameless(senders: dict[int, User]) -> list[tuple[int, tuple[str, bytes]]]:
    """A certificate without a scan of each of two communes with an official, under a name as cameras give."""
    found = []
    own = [
        pk for pk, user in sorted(senders.items(), key=lambda sender: sender[1].pk) if user.commune_id == pk
    ]
    for n, commune in enumerate(own[:2]):
        lacking = Certificate.objects.filter(commune=commune, holdings__plot__state="live", scans=None)
        paper = lacking.exclude(serial="").order_by("pk").first()
        if paper is not None:
            told = _papers([paper.pk])[paper.pk]
            found.append((commune, (f"IMG_{2041 + n}.pdf", drawn_scans.draw(told))))
    return found


@transaction.atomic
def _arrive(by: User, commune_id: int, files: list[tuple[str, bytes]]) -> int:
    """One ZIP all the way; how many were linked."""
    commune = AdminUnit.objects.get(pk=commune_id)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name, _ZIPPED_ON), content)
    upload = SimpleUploadedFile(f"ban-quet-{commune.code}.zip", packed.getvalue())
    arrival = scans.receive([upload], commune, by=by)
    scans.unpack(arrival)
    linked = sum(scans.match(arrival, first, last)["linked"] for first, last in scans.portions(arrival))
    scans.finish(arrival.pk)
    return linked
