"""Amounts as the pages of dues write them: `{{ line.fen|yuan }}`."""

from __future__ import annotations

from django import template

from baolei.dues import forms

register = template.Library()


@register.filter
def yuan(fen: int) -> str:
    """An amount in fen as people write it: 0.20, 3,015.00."""
    return forms.yuan(fen)
