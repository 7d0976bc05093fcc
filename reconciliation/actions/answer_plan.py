"""What every row of an answer file would do: rows of one person folded into one, contradictions set apart."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from landdb.intake.outcome import Problem
from landdb.normalise import names

from ..models import AnswerFile, PoliceAnswer, PoliceWord, VerificationLine
from . import answer_problems as why
from . import answer_weighing as weighing
from .answer_rows import Said
from .answer_weighing import Adds
from .police_batches import Line

Row, Conflict = PoliceAnswer.State, PoliceAnswer.Conflict
#: Share of common letters from which a retyped name is a slip: one letter of a name of usual length.
_SLIP = 0.92
#: Lines or answers looked up at a time.
_AT_ONCE = 2_000
#: Answers of other files with which a new one is compared; what was taken back or thrown away says nothing.
_HEARD = (Row.APPLIED, Row.CONFLICT, Row.KEPT_OUT, Row.REPLACED)


class Plan:
    """The answers and problems of a file, as its rows come."""

    def __init__(self, file: AnswerFile) -> None:
        self.file = file
        self.answers: list[PoliceAnswer] = []
        self.problems: list[Problem] = []
        self.unknown: list[str] = []
        self._said: list[Said] = []

    def take(self, said: Said | None, problems: Sequence[Problem]) -> None:
        """A row as it was read."""
        self.problems += problems
        if said is not None:
            self._said.append(said)

    def weigh(self) -> None:
        """Find the lines, fold rows together, and set apart what contradicts."""
        by_line: dict[int, list[PoliceAnswer]] = {}
        for start in range(0, len(self._said), _AT_ONCE):
            some = self._said[start : start + _AT_ONCE]
            lines = self._lines({said.key for said in some})
            for said in some:
                answer = self._answer(said, lines.get(said.key))
                if answer is not None:
                    by_line.setdefault(answer.line_id, []).append(answer)
        firsts = [first for rows in by_line.values() for first in _folded(rows)]
        for start in range(0, len(firsts), _AT_ONCE):
            self._beside_others(firsts[start : start + _AT_ONCE])
        self.answers.sort(key=lambda answer: answer.row)

    def _lines(self, keys: set[str]) -> dict[str, VerificationLine]:
        """Key → the line that asks last; only of the territory of who sent the file."""
        seen = VerificationLine.objects.visible_to(self.file.uploaded_by)
        found = {line.key: line for line in seen.filter(key__in=keys).select_related("answer", "reissued_as")}
        return {key: _last(line) for key, line in found.items()}

    def _answer(self, said: Said, line: VerificationLine | None) -> PoliceAnswer | None:
        """The answer of a row, or nothing where it cannot be one; the problem then stands with the others."""
        answer = PoliceAnswer(
            file=self.file,
            row=said.row,
            word=said.word,
            name=said.name,
            birth=said.birth,
            sex=said.sex,
            id_number=said.id_number,
            address=said.address,
            died_on=said.died_on,
            note=said.note,
            said_by=said.said_by,
        )
        code = _unusable(said, line, answer)
        if code:
            self.problems.append(Problem("rejected", said.row, code, "Mã dòng", sheet=said.sheet))
            return None
        self.answers.append(answer)
        return answer

    def _beside_others(self, answers: list[PoliceAnswer]) -> None:
        """Each beside the answers of other files and beside what people decided."""
        heard: dict[int, list[PoliceAnswer]] = {}
        others = PoliceAnswer.objects.filter(
            line__in={answer.line_id for answer in answers}, state__in=_HEARD
        )
        for other in others.exclude(file=self.file):
            heard.setdefault(other.line_id, []).append(other)
        ground = weighing.Ground.of(answers)
        for answer in answers:
            judge(answer, heard.get(answer.line_id, []), ground)


def judge(answer: PoliceAnswer, heard: Sequence[PoliceAnswer], ground: weighing.Ground) -> None:
    """Say what becomes of a planned answer: PLANNED, SAME, or CONFLICT with what it contradicts."""
    if any(weighing.beside(other, answer) == Adds.NOTHING for other in heard):
        answer.state, answer.conflict = Row.SAME, Conflict.NO
        return
    if answer.conflict == Conflict.SAME_FILE:
        return
    standing = answer.line.answer
    if standing is not None and weighing.beside(standing, answer) == Adds.CONTRARY:
        answer.state, answer.conflict = Row.CONFLICT, Conflict.EARLIER
        return
    found = ground.conflict(answer)
    answer.state, answer.conflict = (Row.CONFLICT if found else Row.PLANNED), found


def _folded(rows: list[PoliceAnswer]) -> list[PoliceAnswer]:
    """The first row with what the others say more; all, set apart, where they contradict each other."""
    first = rows[0]
    if any(weighing.beside(one, other) == Adds.CONTRARY for one in rows for other in rows):
        for row in rows:
            row.state, row.conflict = Row.CONFLICT, Conflict.SAME_FILE
        return rows
    for row in rows[1:]:
        weighing.fill(first, row)
        row.state = Row.SAME
    return [first]


def _unusable(said: Said, line: VerificationLine | None, answer: PoliceAnswer) -> str:
    """Why a row cannot be an answer to its line; '' where it can."""
    if line is None or line.state in (Line.FROZEN, Line.LEFT_OUT):
        return why.KEY_UNKNOWN
    if line.state == Line.WITHDRAWN:
        return why.WITHDRAWN
    if said.asked_name and not _is_of_line(said.asked_name, line.name):
        return why.NAME_DIFFERS
    answer.line = line
    other = weighing.differs_from_asked(answer)
    if said.word == PoliceWord.CORRECTED and not other and not said.address:
        return why.NOTHING_CORRECTED
    # A number that the list did not have is no correction.
    if said.word == PoliceWord.CONFIRMED and [
        each for each in other if each != "id_number" or line.id_number
    ]:
        is_newer = other == ["id_number"] and len(line.id_number) < len(said.id_number)
        return "" if is_newer else why.CONTRADICTS_ITSELF
    return ""


def _is_of_line(typed: str, asked: str) -> bool:
    """The name beside the key is the one that was asked about, but for a slip where it was retyped."""
    ours, theirs = names.parse(asked).fold, names.parse(typed).fold
    return ours == theirs or SequenceMatcher(None, ours, theirs, False).ratio() >= _SLIP


def _last(line: VerificationLine) -> VerificationLine:
    """The line that asks about the person now."""
    while line.reissued_as is not None:
        line = line.reissued_as
    return line
