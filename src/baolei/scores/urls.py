"""Addresses of the scores."""

from __future__ import annotations

from django.urls import path

from baolei.scores import views

urlpatterns = [
    path("find/", views.find, name="find"),
    path("branch/<str:code>/", views.branch, name="branch"),
    path("unit/<str:code>/branches/", views.branches, name="branches"),
]
