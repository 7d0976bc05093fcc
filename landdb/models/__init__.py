"""The ground that every other room stands on: units, accounts, jobs, files, audit."""

from .accounts import Role, User
from .audit import AccessLog
from .files import Delivery, ReceivedFile, RowProblem
from .jobs import Job, JobChunk, JobLine
from .outlines import CommuneOutline
from .searches import TypedSearch
from .units import AdminUnit, AdminUnitName, RegistrationOffice

__all__ = [
    "AccessLog",
    "AdminUnit",
    "AdminUnitName",
    "CommuneOutline",
    "Delivery",
    "Job",
    "JobChunk",
    "JobLine",
    "ReceivedFile",
    "RegistrationOffice",
    "Role",
    "RowProblem",
    "TypedSearch",
    "User",
]
