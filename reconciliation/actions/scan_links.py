"""A person's word on a scan of which nobody knew whose it is: of this certificate, or of none."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from landdb.models import User
from parcels.models import Certificate, Scan

from ..models import ChangeSet
from . import changes, scans
from .changes import FieldChange


class Placed(Exception):
    """Somebody said already what the scan is; `change_set` is that word, None where its name said it."""

    def __init__(self, scan: Scan, change_set: ChangeSet | None) -> None:
        super().__init__(scan.pk)
        self.scan, self.change_set = scan, change_set


class NotHere(Exception):
    """The certificate is one of another commune."""


def unknown(user: User) -> QuerySet[Scan]:
    """Scans that a user may see and that nobody has said anything of, the newest first.

    Not those that came again under a name that says whose they are.
    """
    named = Scan.objects.filter(
        sha256=OuterRef("sha256"), commune=OuterRef("commune"), certificate__isnull=False
    )
    found = Scan.objects.filter(scans.visible_to(user), certificate=None, set_aside="")
    return found.exclude(stored="").filter(~Exists(named)).select_related("commune").order_by("-pk")


@transaction.atomic
def link(scan: Scan, certificate: Certificate, *, by: User) -> ChangeSet:
    """The scan is of this certificate, whose plots are judged again. Placed or NotHere leave all as it is."""
    held = _held(scan)
    if certificate.commune_id != held.commune_id:
        raise NotHere
    wanted = [FieldChange(held, "certificate_id", certificate.pk), FieldChange(held, "is_linked", True)]
    return changes.make(ChangeSet.Kind.SCAN, wanted, by=by, commune=held.commune_id, reason="")


@transaction.atomic
def set_aside(scan: Scan, *, by: User, reason: str) -> ChangeSet:
    """The scan is of no certificate. Placed leaves it as it is."""
    held = _held(scan)
    return changes.make(
        ChangeSet.Kind.SCAN,
        [FieldChange(held, "set_aside", reason)],
        by=by,
        commune=held.commune_id,
        reason=reason,
    )


@transaction.atomic
def take_back(change_set: ChangeSet, *, by: User) -> None:
    """Nobody knows whose the scan is, as before. WrongState where it was taken back already, or where the
    scan was changed or is gone since."""
    if changes.undo(change_set, by=by):
        raise changes.WrongState(change_set.get_state_display())


def word_on(scan: Scan) -> ChangeSet | None:
    """What a person last said of the scan, and it stands."""
    said = ChangeSet.objects.filter(
        kind=ChangeSet.Kind.SCAN,
        state=ChangeSet.State.APPLIED,
        changes__model=Scan._meta.label_lower,
        changes__record_id=scan.pk,
    )
    return said.select_related("applied_by").order_by("-pk").first()


def _held(scan: Scan) -> Scan:
    held = Scan.objects.select_for_update(of=("self",)).select_related("certificate").get(pk=scan.pk)
    if held.certificate_id is not None or held.set_aside:
        raise Placed(held, word_on(held))
    return held
