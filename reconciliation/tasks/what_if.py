"""Count which plots a draft of rules would move."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landdb.jobs import JobKind, register
from landdb.models import Job

from .. import classification
from ..models import CommuneJudgement, RuleDraft, Tally
from ..rules import book
from ..rules.drafts import Difference, drafted
from .classify import chunk_keys


@register
class WhatIf(JobKind):
    """Commune by commune, as `classify` goes. A draft that was changed or thrown away since is left alone."""

    name = "what_if"
    title = _("Đếm thử thay đổi quy tắc")
    phases = (("count", _("Đếm thử")),)

    def chunks(self, job: Job, phase: str) -> Iterable[str]:
        plots = Tally.objects.filter(rule="").values_list("commune").annotate(n=Sum("plots")).order_by()
        known = CommuneJudgement.objects.values_list("commune", flat=True)
        return chunk_keys(dict.fromkeys(known, 0) | dict(plots))

    def work(self, job: Job, phase: str, key: str) -> dict[str, int]:
        draft = _waiting(job).first()
        if draft is None:
            return {}
        difference = Difference(book.current(), drafted(draft))
        counted = classification.what_if(draft.pk, difference, [int(commune) for commune in key.split(",")])
        return {"moves": counted.moves, "judgements": counted.judgements}

    def finish(self, job: Job) -> dict[str, Any]:
        # Locked after its job, as those do who change a draft: neither waits for the other.
        draft = _waiting(job).select_for_update().first()
        if draft is None:
            return {}
        done = list(job.chunks.values_list("counts", flat=True))
        draft.state, draft.counted_at = RuleDraft.State.COUNTED, timezone.now()
        draft.judgements = sum(counts.get("judgements", 0) for counts in done)
        draft.save(update_fields=["state", "counted_at", "judgements"])
        return {"moves": sum(counts.get("moves", 0) for counts in done)}


def _waiting(job: Job) -> QuerySet[RuleDraft]:
    """The draft that waits for this job."""
    return RuleDraft.objects.filter(count_job=job, state=RuleDraft.State.DRAFT)
