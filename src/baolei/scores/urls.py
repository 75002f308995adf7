"""Addresses of branches."""

from django.urls import path

from baolei.scores import views

urlpatterns = [
    path("unit/<slug:code>/branches/", views.branches, name="branches"),
    path("branch/<slug:code>/", views.branch, name="branch"),
]
