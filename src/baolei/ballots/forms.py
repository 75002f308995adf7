"""What is asked where a pile of paper ballots is entered."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as lazy


class EnterPile(forms.Form):
    """How many papers were handed out, how many of those that came back were spoiled, and what stands on the others."""

    issued = forms.IntegerField(label=lazy("Papers handed out"), min_value=1, max_value=9999)
    spoiled = forms.IntegerField(
        label=lazy("Of those that came back, spoiled"), min_value=0, max_value=2000, initial=0,
        help_text=lazy("Papers on which nobody can read what is meant. They are not among the lines below."),
    )  # fmt: skip
    papers = forms.CharField(
        label=lazy("The ballots, one in each line"), required=False, strip=False, max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "autocomplete": "off", "data-papers": ""}),
        help_text=lazy("In any order: no order is kept."),
    )  # fmt: skip
