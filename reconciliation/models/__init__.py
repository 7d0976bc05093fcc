"""Where register and registry meet: matches, findings, groups, work, changes."""

from .changes import Change, ChangeSet, Consent
from .extracts import ExtractTouch
from .findings import Dimension, Effect, Finding, RuleSet, RuleSetting
from .fits import Frequency, MatchingBand, MatchingFit
from .groups import GroupMove, PlotStatus, Tally, WeeklySnapshot
from .matches import Match, Verification
from .uploads import CorrectionBatch
from .work import Decision, WorkItem

__all__ = [
    "Change",
    "ChangeSet",
    "Consent",
    "CorrectionBatch",
    "Decision",
    "Dimension",
    "Effect",
    "ExtractTouch",
    "Finding",
    "Frequency",
    "GroupMove",
    "Match",
    "MatchingBand",
    "MatchingFit",
    "PlotStatus",
    "RuleSet",
    "RuleSetting",
    "Tally",
    "Verification",
    "WeeklySnapshot",
    "WorkItem",
]
