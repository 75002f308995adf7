"""Addresses of the room of ballots."""

from __future__ import annotations

from django.urls import path

from baolei.ballots import poll_views, views

urlpatterns = [
    path("rounds/<int:round>/piles/", views.piles, name="piles"),
    path("rounds/<int:round>/polls/", poll_views.polls, name="polls"),
    path("rounds/<int:round>/polls/<slug:act>/", poll_views.on_polls, name="on_polls"),
    path("rounds/<int:round>/slips/<int:unit>/", poll_views.print_slips, name="print_slips"),
    path("declaration/<int:declaration>/pile/<slug:source>/", views.pile, name="pile"),
]
