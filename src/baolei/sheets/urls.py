"""Spreadsheets."""

from __future__ import annotations

from django.urls import path

from baolei.sheets import centre_lists, rosters, views

urlpatterns = [
    path("sheets/", views.sheets, name="sheets"),
    path("sheets/template/<str:kind>/", views.template, name="sheet_template"),
    path("sheets/<int:batch>/", views.batch, name="sheet_batch"),
    path("sheets/<int:batch>/progress/", views.progress, name="sheet_progress"),
    path("sheets/<int:batch>/marked/", views.marked_sheet, name="sheet_marked"),
    path("sheets/<int:batch>/apply/", views.apply, name="sheet_apply"),
    path("sheets/<int:batch>/discard/", views.discard, name="sheet_discard"),
    path("sheets/<int:batch>/revert/", views.revert, name="sheet_revert"),
    path("training/<int:training_class>/upload/", rosters.upload, name="upload_roster"),
    path("tree/<int:unit>/centres/list/", centre_lists.centre_list, name="centre_list"),
    path("tree/<int:unit>/circle/spots/", centre_lists.spot_list, name="spot_list"),
    path("centres/template/<str:kind>/", centre_lists.template, name="centre_list_template"),
    path("training/template/", rosters.template, name="roster_template"),
]
