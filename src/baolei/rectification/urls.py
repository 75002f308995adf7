"""Addresses of the room of rectification."""

from __future__ import annotations

from django.urls import path

from baolei.rectification import turned_views, views

urlpatterns = [
    path("rectification/", views.ledger, name="rectification_ledger"),
    path("rectification/turned-round/", turned_views.turned_round, name="turned_round"),
    path("organisation/<int:organisation>/rectification/", views.organisation, name="rectification"),
    path("organisation/<int:organisation>/rectification/open/", views.open_case, name="open_case"),
    path("organisation/<int:organisation>/rectification/pass-on/", views.pass_on, name="pass_on_problem"),
    path("rectification/case/<int:case>/", views.case, name="case"),
    path("rectification/case/<int:case>/do/<slug:act>/", views.on_case, name="on_case"),
    path("rectification/problem/<int:problem>/do/<slug:act>/", views.on_problem, name="on_problem"),
]
