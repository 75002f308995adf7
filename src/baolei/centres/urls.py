"""Addresses of the room of centres."""

from __future__ import annotations

from django.urls import path

from baolei.centres import circle_views, views

urlpatterns = [
    path("tree/<int:unit>/centres/", views.unit_centres, name="unit_centres"),
    path("tree/<int:unit>/centres/open/", views.open_centre, name="open_centre"),
    path("tree/<int:unit>/circle/", circle_views.circle, name="circle"),
    path("tree/<int:unit>/circle/next/", circle_views.next_page, name="next_points"),
    path("tree/<int:unit>/circle/reckon/", circle_views.reckon, name="reckon_circle"),
    path("tree/<int:unit>/circle/place/", circle_views.place_at, name="place_at"),
    path("centres/<int:centre>/", views.centre, name="centre"),
    path("centres/<int:centre>/change/", views.change_centre, name="change_centre"),
    path("centres/<int:centre>/standing/", views.set_standing, name="set_standing"),
    path("centres/<int:centre>/look/", views.look_in, name="look_in"),
]
