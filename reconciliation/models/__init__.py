"""Where register and registry meet: matches, findings, groups, work, changes."""

from .changes import Change, ChangeSet, Consent
from .duplicates import Duplicate, LaidBy, PairWord
from .findings import Dimension, Effect, Finding, RuleSet, RuleSetting
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
    "Duplicate",
    "Effect",
    "Finding",
    "GroupMove",
    "LaidBy",
    "Match",
    "PairWord",
    "PlotStatus",
    "RuleSet",
    "RuleSetting",
    "Tally",
    "Verification",
    "WeeklySnapshot",
    "WorkItem",
]
