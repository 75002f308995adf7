"""Addresses of the room of training."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
