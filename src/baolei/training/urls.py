"""Addresses of the room of training."""

from __future__ import annotations

from django.urls import path

from baolei.training import roster_views, views

urlpatterns = [
    path("organisation/<int:organisation>/training/", views.training, name="training"),
    path("organisation/<int:organisation>/training/record/", views.record, name="record_class"),
    path("tree/<int:unit>/training/", views.of_unit, name="training_of_unit"),
    path("tree/<int:unit>/training/record/", views.record_of_unit, name="record_class_of_unit"),
    path("training/<int:training_class>/", roster_views.training_class, name="training_class"),
    path("training/<int:training_class>/strike/", roster_views.strike, name="strike_class"),
    path("training/<int:training_class>/roster/", roster_views.roster, name="roster"),
    path("training/<int:training_class>/roster/paste/", roster_views.paste, name="paste_roster"),
    path("training/<int:training_class>/roster/enter/", roster_views.enter, name="enter_roster"),
    path("training/<int:training_class>/roster/put-away/", roster_views.put_away, name="put_roster_away"),
    path("training/attendance/<int:attendance>/strike/", roster_views.strike_attendance, name="strike_attendance"),
]
