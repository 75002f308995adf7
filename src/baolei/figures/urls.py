"""Addresses of the round by unit, of the published figures, and of the year in one file."""

from __future__ import annotations

from django.urls import path

from baolei.figures import letter_views, property_views, views, year_views

urlpatterns = [
    path("", views.region, name="home"),
    path("unit/<str:code>/", views.unit, name="unit"),
    path("figures/", views.article, name="article"),
    path("property-service/", property_views.property_branches, name="property_branches"),
    path("organisation/<int:organisation>/property-service/", property_views.property_branch, name="property_branch"),
    path("rounds/<int:round>/year/", year_views.year, name="year"),
    path("rounds/<int:round>/year/make/", year_views.make, name="make_year"),
    path("rounds/<int:round>/year.zip", year_views.auditors, name="year_file"),
    path("public/<int:round>/year/", year_views.public, name="public_year"),
    path("public/<int:round>/year.zip", year_views.everybody, name="public_year_file"),
    path("letter/<int:declaration>/", letter_views.letter, name="letter"),
    path("rounds/<int:round>/summary/", letter_views.summary, name="summary"),
]
