"""Where register and registry meet: matches, findings, groups, work, changes."""

from .bulk import BulkDecision, BulkItem
from .campaign import DayFigures, Target, Task, WeeklySnapshot
from .changes import Change, ChangeSet, Consent
from .deliveries import HandDelivery, UnjudgedCount
from .done import DoneList, ExcludedList
from .due import DuePlot, JudgedDay, Unsettled
from .duplicates import Duplicate, LaidBy, PairWord
from .extracts import ExtractTouch
from .findings import Dimension, Effect, Finding, NoteCount, RuleSet, RuleSetting
from .fits import Frequency, MatchingBand, MatchingFit
from .groups import DimensionCount, GroupMove, PlotStatus, Tally
from .handover_codes import AskedField, Why
from .kept_lists import KeptList
from .ledger import LedgerDay
from .matches import Match, Verification
from .meeting import Difficulty, DifficultyEntry, Digest, MeetingDecision, WeekAlerts
from .opinions import OpinionCount, OutsideOpinion
from .outcome_counts import OutcomeCount
from .past_outcomes import PastOutcome
from .plot_facets import PlotFacetCount, PlotFacetsDue
from .police import (
    PoliceUnit,
    PoliceWord,
    VerificationBatch,
    VerificationEntry,
    VerificationLine,
    VerificationPart,
)
from .police_answers import AnswerFile, PoliceAnswer
from .receipts import Receipt
from .reports import StoredReport
from .rule_drafts import CommuneJudgement, DraftCount, DraftMove, RuleChange, RuleDraft
from .scans import ArrivedScan, ScanArrival
from .second_eyes import ReviewWeek, SecondEyesShare, SecondLook
from .uploads import CorrectionBatch, CorrectionRow
from .views import SavedView
from .work import Decision, Lease, TakenOver, WorkItem
from .work_counts import WorkCount
from .workbooks import Workbook, WorkbookRow

__all__ = [
    "AnswerFile",
    "ArrivedScan",
    "AskedField",
    "BulkDecision",
    "BulkItem",
    "Change",
    "ChangeSet",
    "CommuneJudgement",
    "Consent",
    "CorrectionBatch",
    "CorrectionRow",
    "DayFigures",
    "Decision",
    "Difficulty",
    "DifficultyEntry",
    "Digest",
    "Dimension",
    "DimensionCount",
    "DoneList",
    "DraftCount",
    "DraftMove",
    "DuePlot",
    "Duplicate",
    "Effect",
    "ExcludedList",
    "ExtractTouch",
    "Finding",
    "Frequency",
    "GroupMove",
    "HandDelivery",
    "JudgedDay",
    "KeptList",
    "LaidBy",
    "Lease",
    "LedgerDay",
    "Match",
    "MatchingBand",
    "MatchingFit",
    "MeetingDecision",
    "NoteCount",
    "OpinionCount",
    "OutcomeCount",
    "OutsideOpinion",
    "PairWord",
    "PastOutcome",
    "PlotFacetCount",
    "PlotFacetsDue",
    "PlotStatus",
    "PoliceAnswer",
    "PoliceUnit",
    "PoliceWord",
    "Receipt",
    "ReviewWeek",
    "RuleChange",
    "RuleDraft",
    "RuleSet",
    "RuleSetting",
    "SavedView",
    "ScanArrival",
    "SecondEyesShare",
    "SecondLook",
    "StoredReport",
    "TakenOver",
    "Tally",
    "Target",
    "Task",
    "UnjudgedCount",
    "Unsettled",
    "Verification",
    "VerificationBatch",
    "VerificationEntry",
    "VerificationLine",
    "VerificationPart",
    "WeekAlerts",
    "WeeklySnapshot",
    "Why",
    "WorkCount",
    "WorkItem",
    "Workbook",
    "WorkbookRow",
]
