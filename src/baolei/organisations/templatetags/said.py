"""Words of the rules and of the tree in the language of the page: `{{ field.name|say }}`."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from baolei.programme.standard.edition import Text

register = template.Library()


@register.filter
def say(text: Text | None) -> str:
    """The words in the page's language; nothing where there are none."""
    return text.say(get_language() or "") if text else ""
