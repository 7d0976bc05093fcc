"""Where register and registry meet: matches, findings, groups, work, changes."""

from .changes import Change, ChangeSet, Consent
from .due import DuePlot, JudgedDay
from .duplicates import Duplicate, LaidBy, PairWord
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
    "DuePlot",
    "Duplicate",
    "Effect",
    "ExtractTouch",
    "Finding",
    "Frequency",
    "GroupMove",
    "JudgedDay",
    "LaidBy",
    "Match",
    "MatchingBand",
    "MatchingFit",
    "PairWord",
    "PlotStatus",
    "RuleSet",
    "RuleSetting",
    "Tally",
    "Verification",
    "WeeklySnapshot",
    "WorkItem",
]
