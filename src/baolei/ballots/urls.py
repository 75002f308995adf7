"""Addresses of the room of ballots."""

from __future__ import annotations

from django.urls import path

from baolei.ballots import views

urlpatterns = [
    path("rounds/<int:round>/piles/", views.piles, name="piles"),
    path("declaration/<int:declaration>/pile/<slug:source>/", views.pile, name="pile"),
]
