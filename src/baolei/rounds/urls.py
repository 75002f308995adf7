"""Addresses of the room of rounds."""

from __future__ import annotations

from django.urls import path

from baolei.rounds import views

urlpatterns = [
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/open/", views.open_round, name="open_round"),
    path("rounds/<int:round>/do/<slug:act>/", views.on_round, name="on_round"),
]
