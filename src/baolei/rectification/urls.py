"""Addresses of the room of rectification."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
