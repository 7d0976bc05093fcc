"""Every rule, listed once, in the order in which pages show them: worst first, then along the plot."""

from __future__ import annotations

from collections.abc import Iterable

from . import certificates, holdings, land_users, land_uses, maps, plots, scans, verifications
from .base import Facts, Rule, Who
from .facts import CertificateFacts, LandUseFacts, LandUserFacts
from .holding_facts import HoldingFacts
from .plot_facts import PlotFacts

__all__ = ["RULES", "SUBJECTS", "Facts", "Rule", "Who", "by_id", "known", "knows"]

RULES: tuple[Rule, ...] = (
    maps.MapOnly(),
    plots.Unlocatable(),
    holdings.Unidentifiable(),
    maps.ObsoleteMap(),
    maps.CoordinatesImpossible(),
    certificates.CertificatesConflict(),
    land_users.IdNumberMissing(),
    land_users.IdNumberMalformed(),
    land_users.IdNumberContradicts(),
    land_users.IdNumberShared(),
    land_users.IdNumberOutdated(),
    land_users.BirthMissing(),
    land_users.SexMissing(),
    land_users.HolderAddressMissing(),
    land_users.NameGarbled(),
    land_users.HolderPlaceholder(),
    land_users.TaxCodeInvalid(),
    verifications.HolderNotFound(),
    verifications.HolderAmbiguous(),
    verifications.HolderDiffers(),
    verifications.HolderUnverified(),
    verifications.HolderDuplicated(),
    verifications.HolderDeceased(),
    verifications.HolderStruckOff(),
    verifications.EvidenceStale(),
    holdings.HolderMissing(),
    holdings.CurrentUserDiffers(),
    holdings.SheetAmbiguous(),
    certificates.CertificateMissing(),
    certificates.CertificateSuperseded(),
    certificates.SerialMissing(),
    certificates.SerialMalformed(),
    certificates.SerialShared(),
    certificates.BookNumberMissing(),
    certificates.BookNumberFilled(),
    certificates.IssueDateMissing(),
    certificates.CertificateDateImpossible(),
    certificates.RetiredPlotInUse(),
    scans.ScanMissing(),
    scans.ScanUnlinked(),
    scans.ScanUnsigned(),
    land_uses.LandUseMissing(),
    land_uses.LandUseAreaDiffers(),
    land_uses.LandUseCodeUnknown(),
    land_uses.LandUseCodeOutdated(),
    land_uses.OriginMissing(),
    land_uses.TermMissing(),
    plots.PlotNumberMissing(),
    plots.PlotDuplicated(),
    plots.PlotAddressMissing(),
    plots.AreaMissing(),
    plots.PlotCodeMissing(),
    plots.PlotCodeWrong(),
    plots.PlotCodeShared(),
    plots.UnitObsolete(),
    plots.RegistrationPending(),
    maps.GeometryMissing(),
    maps.GeometryInvalid(),
    maps.PlotOverlaps(),
    maps.AreaDiffersFromMap(),
    land_users.PhoneMissing(),
    holdings.LegalFormMissing(),
    holdings.SpouseMissing(),
    holdings.HouseholdMembersMissing(),
    certificates.BookNumberLong(),
    land_uses.TermFilled(),
    land_uses.TermEnded(),
)

#: The kinds of subject, in the order in which they are judged.
SUBJECTS: tuple[type[Facts], ...] = (PlotFacts, LandUserFacts, CertificateFacts, LandUseFacts, HoldingFacts)

_BY_ID = {rule.id: rule for rule in RULES}


def by_id(rule_id: str) -> Rule:
    """The rule of that id; KeyError where none has it."""
    return _BY_ID[rule_id]


def knows(rule_id: str) -> bool:
    """Is there a rule of that id? Settings and old findings may name one that has gone."""
    return rule_id in _BY_ID


def dimension_of(rule_id: str) -> str:
    """The dimension of a rule; empty where there is no rule of that id."""
    return _BY_ID[rule_id].dimension.value if rule_id in _BY_ID else ""


def id_of(text: str) -> str:
    """The id of the rule that a text names; empty where there is none."""
    return text if text in _BY_ID else ""


def known(rule_ids: Iterable[str]) -> list[Rule]:
    """The rules of these ids that this version still has, in catalogue order."""
    wanted = set(rule_ids)
    return [rule for rule in RULES if rule.id in wanted]
