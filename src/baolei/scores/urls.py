"""Addresses of the scores."""

from __future__ import annotations

from django.urls import path

from baolei.scores import letter_views, run_views, views, visit_views

urlpatterns = [
    path("rounds/<int:round>/runs/", run_views.runs, name="runs"),
    path("rounds/<int:round>/runs/ask/", run_views.ask, name="ask_for_run"),
    path("run/<int:run>/", run_views.show, name="run"),
    path("run/<int:run>/do/<slug:act>/", run_views.on_run, name="on_run"),
    path("run/<int:run>/branch/<str:code>/", run_views.sheet, name="run_sheet"),
    path("run/<int:run>/measure/", letter_views.leniencies, name="leniencies"),
    path("run/<int:run>/measure/<str:code>/", letter_views.leniency, name="leniency"),
    path("rounds/<int:round>/visits/", visit_views.visits, name="visits"),
    path("visit/<int:visit>/", visit_views.visit, name="visit"),
    path("visit/<int:visit>/save/", visit_views.save_visit, name="save_visit"),
    path("find/", views.find, name="find"),
    path("branch/<str:code>/", views.branch, name="branch"),
    path("unit/<str:code>/branches/", views.branches, name="branches"),
]
