"""Addresses of the standard."""

from __future__ import annotations

from django.urls import path

from baolei.standards import views

urlpatterns = [
    path("standard/", views.standard, name="standard"),
    path("standard/<str:code>/", views.field, name="field"),
    path("method/", views.method, name="method"),
]
