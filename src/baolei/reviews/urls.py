"""Addresses of the room of reviews."""

from __future__ import annotations

from django.urls import path

from baolei.reviews import views

urlpatterns = [
    path("reviews/", views.reviews, name="reviews"),
    path("review/<int:step>/", views.step, name="review"),
    path("review/<int:step>/do/<slug:act>/", views.on_step, name="on_review"),
    path("rounds/<int:round>/reviews/", views.round_reviews, name="round_reviews"),
    path("rounds/<int:round>/reviews/bulk/", views.bulk, name="bulk_review"),
]
