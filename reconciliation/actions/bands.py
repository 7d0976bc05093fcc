"""How sure an office wants to be before a link is made by itself."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from landdb.models import AccessLog, RegistrationOffice, User
from landdb.templatetags.landdb import share_text

from ..matching import fits
from ..models import MatchingBand

SUBJECT = "matching_band"


@transaction.atomic
def set_target(office: RegistrationOffice | None, target: float | None, *, by: User) -> bool:
    """Set the precision for an office (None: all others), or let it go by that of all others (target None).

    False where it stood so already. What was and what is now goes to the log.
    """
    office_id = office.pk if office else None
    before = fits.targets().get(office_id)
    if before == target:
        return False
    if target is None:
        MatchingBand.objects.filter(office=office).delete()
    else:
        MatchingBand.objects.update_or_create(office=office, defaults={"target": target, "set_by": by})
    common = _("theo mức chung")
    words = [common if share is None else share_text(share) for share in (before, target)]
    AccessLog.objects.create(
        user=by,
        action=AccessLog.Action.ACCOUNT,
        subject=SUBJECT,
        subject_id=office_id,
        reason=f"{office or _('Các nơi còn lại')}: {words[0]} → {words[1]}",
    )
    return True
