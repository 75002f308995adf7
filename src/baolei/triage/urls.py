"""Addresses of the room of triage."""

from __future__ import annotations

from django.urls import path

from baolei.triage import rectified_views, views

urlpatterns = [
    path("rounds/<int:round>/triage/", views.triage, name="triage"),
    path("rounds/<int:round>/triage/sort/", views.sort_round, name="sort_round"),
    path("rounds/<int:round>/triage/branches/", views.branches, name="sorted_branches"),
    path("rounds/<int:round>/triage/rectified/", rectified_views.rectified_page, name="rectified"),
    path("triage/<int:sorted>/", views.show, name="sorted"),
    path("triage/<int:sorted>/do/<slug:act>/", views.on_sorted, name="on_sorted"),
    path("triage/candidate/<int:candidate>/do/<slug:act>/", views.on_candidate, name="on_candidate"),
]
