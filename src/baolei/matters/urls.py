"""Addresses of the room of matters."""

from __future__ import annotations

from django.urls import path

from baolei.matters import grid_views, report_views, views

urlpatterns = [
    path("matters/", views.queue, name="matters"),
    path("matters/report/", report_views.report, name="report_matter"),
    path("matters/report/save/", report_views.save, name="save_matter"),
    path("matters/follow/", report_views.follow, name="follow_matter"),
    path("matters/calls/", views.calls, name="matter_calls"),
    path("matters/calls/<int:call>/", views.call_back, name="call_back"),
    path("matters/<int:asked>/", views.matter, name="asked"),
    path("matters/<int:asked>/contact/", views.contact, name="asked_contact"),
    path("matters/<int:asked>/do/<slug:act>/", views.on_matter, name="on_asked"),
    path("grid/<int:grid>/", grid_views.grid, name="grid"),
    path("grid/<int:grid>/sheet/", grid_views.sheet, name="grid_sheet"),
    path("grid/<int:grid>/do/<slug:act>/", grid_views.on_grid, name="on_grid"),
    path("tree/<int:unit>/grids/", grid_views.of_unit, name="grids"),
    path("tree/<int:unit>/grids/do/<slug:act>/", grid_views.on_unit, name="on_grids"),
    path("tree/<int:unit>/matters/", grid_views.months, name="matters_of_unit"),
    path("g/<slug:code>/", report_views.report_here, name="report_here"),
]
