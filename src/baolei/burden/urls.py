"""Addresses of the room of the burden report."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
