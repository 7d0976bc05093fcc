"""Rules on the scans of a certificate. They need the register of scans of the commune."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..models import Dimension
from .base import Rule, Source, Who
from .facts import CertificateFacts


class ScanMissing(Rule):
    """No scan of the certificate."""

    id = "scan_missing"
    name = _("Chưa có bản quét giấy chứng nhận")
    dimension = Dimension.SUFFICIENT
    subject = CertificateFacts
    needs = (Source.SCANS,)
    when = Q(scans=0)
    mend = _("Quét giấy chứng nhận và nộp kèm")
    who = Who.COMMUNE
    basis = "2959/KH-BNNMT-BCA"


class ScanUnlinked(Rule):
    """There is a scan, but none that is linked to the certificate."""

    id = "scan_unlinked"
    name = _("Bản quét chưa liên kết")
    dimension = Dimension.SUFFICIENT
    subject = CertificateFacts
    needs = (Source.SCANS,)
    text = _("{scans} bản quét, chưa bản nào liên kết với giấy {serial}")
    when = Q(scans__gt=0, linked=0)
    mend = _("Liên kết bản quét với đúng giấy chứng nhận")
    who = Who.OFFICE
    basis = "VBDLIS: NOLINK"


class ScanUnsigned(Rule):
    """The linked scan carries no digital signature."""

    id = "scan_unsigned"
    name = _("Bản quét chưa ký số")
    dimension = Dimension.SUFFICIENT
    subject = CertificateFacts
    needs = (Source.SCANS,)
    when = Q(linked__gt=0, signed=0)
    mend = _("Ký số bản quét")
    who = Who.OFFICE
    basis = "VBDLIS: NOSIGN"
