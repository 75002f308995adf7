"""Addresses of the room of ballots."""

from __future__ import annotations

from django.urls import path

from baolei.ballots import (
    elector_views,
    meeting_views,
    my_views,
    panel_views,
    poll_views,
    print_views,
    remark_views,
    result_views,
    turnout_views,
    views,
)

urlpatterns = [
    path("rounds/<int:round>/piles/", views.piles, name="piles"),
    path("rounds/<int:round>/polls/", poll_views.polls, name="polls"),
    path("rounds/<int:round>/polls/<slug:act>/", poll_views.on_polls, name="on_polls"),
    path("rounds/<int:round>/slips/<int:unit>/", print_views.print_slips, name="print_slips"),
    path("rounds/<int:round>/printings/", print_views.printings, name="printings"),
    path("rounds/<int:round>/turnout/", turnout_views.turnout, name="turnout"),
    path("printings/<int:printing>/take/", print_views.take, name="take_slips"),
    path("printings/<int:printing>/again/", print_views.again, name="print_again"),
    path("printings/<int:printing>/envelopes/", print_views.envelopes, name="envelopes"),
    path("polls/<int:poll>/more/", print_views.more, name="print_more"),
    path("polls/<int:poll>/lot/", print_views.lot, name="lot"),
    path("rounds/<int:round>/results/", result_views.poll_results, name="poll_results"),
    path("rounds/<int:round>/remarks/", remark_views.remarks, name="remarks"),
    path("remark/<int:remark>/", remark_views.on_remark, name="on_remark"),
    path("poll/<int:poll>/", result_views.poll, name="poll"),
    path("poll/<int:poll>/<slug:kind>/", result_views.poll_bundle, name="poll_bundle"),
    path("polls/audit/", result_views.audit_polls, name="audit_polls"),
    path("ballots/", my_views.mine, name="my_ballots"),
    path("ballots/take/<slug:number>/", my_views.take_token, name="take_token"),
    path("ballots/how/", result_views.how_ballots_work, name="how_ballots_work"),
    path("ballots/verify_tally.py", result_views.verify_tally, name="verify_tally"),
    path("declaration/<int:declaration>/pile/<slug:source>/", views.pile, name="pile"),
    path("organisation/<int:organisation>/electors/", elector_views.electors, name="electors"),
    path("organisation/<int:organisation>/electors/<int:member>/<slug:act>/", elector_views.act_on_elector,
         name="act_on_elector"),
    path("rounds/<int:round>/panel/", panel_views.panels, name="panels"),
    path("rounds/<int:round>/panel/<slug:act>/", panel_views.on_panel, name="on_panel"),
    path("panellist/<int:panellist>/", panel_views.rate, name="rate"),
    path("meetings/", meeting_views.all_meetings, name="all_meetings"),
    path("organisation/<int:organisation>/meetings/", meeting_views.meetings_of, name="meetings"),
    path("organisation/<int:organisation>/meetings/new/", meeting_views.new_meeting, name="new_meeting"),
    path("meeting/<int:meeting>/", meeting_views.meeting, name="meeting"),
    path("meeting/<int:meeting>/do/<slug:act>/", meeting_views.on_meeting, name="on_meeting"),
    path("meeting/<int:meeting>/bundle/", meeting_views.meeting_bundle, name="meeting_bundle"),
]  # fmt: skip
