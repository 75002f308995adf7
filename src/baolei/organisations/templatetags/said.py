"""Words of the rules and of the tree in the language of the page: `{{ field.name|say }}`."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from baolei.programme.organisation.levels import LEVELS
from baolei.programme.standard.edition import Text

register = template.Library()


@register.filter
def say(text: Text | None) -> str:
    """The words in the page's language; nothing where there are none."""
    return text.say(get_language() or "") if text else ""


@register.filter
def level_name(code: str) -> str:
    """The name of an administrative level from its code: banner -> 旗县（市、区）; other codes as they are."""
    return next((say(level.name) for level in LEVELS if level.code == code), code)
