"""The room of reviews."""

from __future__ import annotations

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Declarations reviewed level by level: two opinions given blind, opened together, a conclusion with its reason."""

    name = "baolei.reviews"
