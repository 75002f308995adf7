"""What is asked when a spreadsheet is sent."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from baolei.organisations.models import UnitState
from baolei.sheets import limits
from baolei.sheets.models import KINDS


class SendForm(forms.Form):
    """The file, what it is a list of, from which day on it holds, for which unit, and on what grounds."""

    kind = forms.ChoiceField(label=_("List of"), choices=KINDS, initial="members")
    unit = forms.ChoiceField(label=_("For the unit"))
    day = forms.DateField(
        label=_("Holds from"),
        help_text=_("New states begin on this day; the days before stay as they were."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    why = forms.CharField(
        label=_("Reason or document"),
        max_length=200,
        help_text=_("Stands in the ledger, and is the approval of new organisations whose row names none."),
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("xlsx, xls or csv, up to 50 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("This file is empty: choose the one you filled in."),
        },
    )

    def __init__(self, *args: Any, tops: list[UnitState], today: date, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = self.fields["unit"]
        assert isinstance(units, forms.ChoiceField)
        units.choices = [(str(one.unit_id), one.name) for one in tops]
        self.fields["day"].initial = today
        if too_large:
            words = _("The file is larger than %(most)s MB: send it in several parts.") % {"most": limits.UPLOAD >> 20}
            self.fields["file"].error_messages["required"] = words
        if len(tops) == 1:
            self.fields["unit"].initial = str(tops[0].unit_id)
