"""Addresses of the room of Party dues."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
