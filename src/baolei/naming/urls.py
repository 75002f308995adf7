"""Addresses of the room of naming."""

from __future__ import annotations

from django.urls import path

from baolei.naming import views

urlpatterns = [
    path("rounds/<int:round>/list/", views.naming_list, name="naming_list"),
    path("rounds/<int:round>/list/do/<slug:act>/", views.on_list, name="on_list"),
    path("line/<int:line>/", views.line, name="naming_line"),
    path("line/<int:line>/do/<slug:act>/", views.on_line, name="on_line"),
    path("titles/", views.held_titles, name="titles"),
    path("title/<int:title>/", views.title, name="title"),
    path("title/<int:title>/do/<slug:act>/", views.on_title, name="on_title"),
]
