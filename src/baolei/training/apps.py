"""The room of training."""

from __future__ import annotations

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Classes that were held, who attended them, and what each role reached of its hours."""

    name = "baolei.training"
