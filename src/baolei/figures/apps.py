"""The room of published figures."""

from django.apps import AppConfig


class FiguresRoom(AppConfig):
    name = "baolei.figures"
    label = "figures"
