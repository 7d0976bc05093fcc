"""The weekly reports that were kept as they were first made."""

from __future__ import annotations

from django.db import models

from landdb.models import AdminUnit, RegistrationOffice


class StoredReport(models.Model):
    """A report's files as they were made from a revision of a week, of the province, an office or a commune.

    `fingerprint` is the SHA-256 of all that the report tells: one made again can be laid beside it.
    """

    week = models.DateField()
    revision = models.SmallIntegerField()
    office = models.ForeignKey(RegistrationOffice, null=True, on_delete=models.PROTECT)
    commune = models.ForeignKey(AdminUnit, null=True, on_delete=models.PROTECT)
    fingerprint = models.CharField(max_length=64)
    docx_sha256 = models.CharField(max_length=64)
    xlsx_sha256 = models.CharField(max_length=64)
    docx_path = models.CharField(max_length=80)
    xlsx_path = models.CharField(max_length=80)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-week", "-revision"]
        constraints = [
            models.UniqueConstraint(
                "week", "revision", "office", "commune", name="storedreport_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id or self.commune_id or ''} {self.week} {self.revision}".strip()
