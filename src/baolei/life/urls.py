"""Addresses of the room of organisation life."""

from __future__ import annotations

from django.urls import path

from baolei.life import affairs_urls, views

urlpatterns = [
    path("organisation/<int:organisation>/life/", views.life, name="life"),
    path("organisation/<int:organisation>/life/record/", views.record, name="record_gathering"),
    path("organisation/<int:organisation>/life/save/", views.save, name="save_gathering"),
    path("gathering/<int:gathering>/", views.gathering, name="gathering"),
    path("gathering/<int:gathering>/strike/", views.strike, name="strike_gathering"),
    *affairs_urls.urlpatterns,
]
