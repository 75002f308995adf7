"""The room of evaluated rounds."""

from django.apps import AppConfig


class Scores(AppConfig):
    name = "baolei.scores"
    label = "scores"
