"""Addresses of the room of ballots."""

from __future__ import annotations

from django.urls import path

from baolei.ballots import elector_views, my_views, poll_views, views

urlpatterns = [
    path("rounds/<int:round>/piles/", views.piles, name="piles"),
    path("rounds/<int:round>/polls/", poll_views.polls, name="polls"),
    path("rounds/<int:round>/polls/<slug:act>/", poll_views.on_polls, name="on_polls"),
    path("rounds/<int:round>/slips/<int:unit>/", poll_views.print_slips, name="print_slips"),
    path("ballots/", my_views.mine, name="my_ballots"),
    path("ballots/take/<slug:number>/", my_views.take_token, name="take_token"),
    path("organisation/<int:organisation>/electors/", elector_views.electors, name="electors"),
    path("organisation/<int:organisation>/electors/<int:member>/<slug:act>/", elector_views.act_on_elector,
         name="act_on_elector"),
    path("declaration/<int:declaration>/pile/<slug:source>/", views.pile, name="pile"),
]  # fmt: skip
