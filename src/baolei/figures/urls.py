"""Addresses of units, figures, the standard, and the search."""

from django.urls import path

from baolei.figures import views

urlpatterns = [
    path("", views.region, name="home"),
    path("unit/<slug:code>/", views.unit, name="unit"),
    path("figures/", views.article, name="article"),
    path("standard/", views.standard, name="standard"),
    path("find/", views.find, name="find"),
]
