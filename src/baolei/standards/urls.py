"""Addresses of the standard."""

from __future__ import annotations

from django.urls import path

from baolei.standards import views

urlpatterns = [
    path("standard/", views.standard, name="standard"),
    path("standard/<slug:code>/", views.field, name="field"),
    path("editions/", views.editions, name="editions"),
    path("editions/<slug:edition>/", views.standard, name="edition"),
    path("editions/<slug:edition>/<slug:code>/", views.field, name="edition_field"),
    path("method/", views.method, name="method"),
]
