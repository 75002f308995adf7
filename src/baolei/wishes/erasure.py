"""The erasure of a member from the room of wishes: registrations are nobody's, and so is what was taken up."""

from __future__ import annotations

from django.db.models import F
from django.db.models.functions import Coalesce

from baolei.organisations.models import Member
from baolei.wishes.models import Claim, Registration


def erase_member(*, member: Member) -> None:
    """Take a member out of registrations, with skills and the name of the paper. Figures do not change."""
    mine = Registration.objects.filter(member=member)
    Claim.objects.filter(registration__in=mine).update(registration=None)
    for one in mine:
        one.suggestions.all().delete()
    mine.filter(ended=None).update(ended=Coalesce(F("ended"), F("since")), how=Registration.ERASED)
    mine.update(member=None, skills=[], document="", by=None)
