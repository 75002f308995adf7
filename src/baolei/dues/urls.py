"""Addresses of the room of Party dues."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import URLPattern, path

urlpatterns: list[URLPattern] = [path("organisation/<int:organisation>/dues/", lambda r, organisation: HttpResponse(), name="dues")]
