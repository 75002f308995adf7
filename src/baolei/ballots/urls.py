"""Addresses of the room of ballots."""

from __future__ import annotations

from django.urls import path

from baolei.ballots import poll_views, remark_views, result_views, views

urlpatterns = [
    path("rounds/<int:round>/piles/", views.piles, name="piles"),
    path("rounds/<int:round>/polls/", poll_views.polls, name="polls"),
    path("rounds/<int:round>/polls/<slug:act>/", poll_views.on_polls, name="on_polls"),
    path("rounds/<int:round>/results/", result_views.poll_results, name="poll_results"),
    path("rounds/<int:round>/remarks/", remark_views.remarks, name="remarks"),
    path("remark/<int:remark>/", remark_views.on_remark, name="on_remark"),
    path("poll/<int:poll>/", result_views.poll, name="poll"),
    path("poll/<int:poll>/<slug:kind>/", result_views.poll_bundle, name="poll_bundle"),
    path("polls/audit/", result_views.audit_polls, name="audit_polls"),
    path("ballots/", result_views.how_ballots_work, name="how_ballots_work"),
    path("ballots/verify_tally.py", result_views.verify_tally, name="verify_tally"),
    path("rounds/<int:round>/slips/<int:unit>/", poll_views.print_slips, name="print_slips"),
    path("declaration/<int:declaration>/pile/<slug:source>/", views.pile, name="pile"),
]
