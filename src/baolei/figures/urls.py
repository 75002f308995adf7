"""Addresses of the round by unit and of the published figures."""

from __future__ import annotations

from django.urls import path

from baolei.figures import letter_views, views

urlpatterns = [
    path("", views.region, name="home"),
    path("unit/<str:code>/", views.unit, name="unit"),
    path("figures/", views.article, name="article"),
    path("letter/<int:declaration>/", letter_views.letter, name="letter"),
    path("rounds/<int:round>/summary/", letter_views.summary, name="summary"),
]
