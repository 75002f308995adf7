"""Addresses of the room of declarations."""

from __future__ import annotations

from django.urls import path

from baolei.declarations import condition_views, paper_views, views

urlpatterns = [
    path("rounds/<int:round>/declarations/", views.declarations, name="declarations"),
    path("declaration/<int:declaration>/", views.declaration, name="declaration"),
    path("declaration/<int:declaration>/save/", views.save, name="save_declaration"),
    path("declaration/<int:declaration>/papers/", paper_views.add_papers, name="add_papers"),
    path("declaration/<int:declaration>/papers/<int:paper>/", paper_views.paper, name="paper"),
    path("declaration/<int:declaration>/conditions/", condition_views.conditions, name="conditions"),
    path("declaration/<int:declaration>/do/<slug:act>/", views.on_declaration, name="on_declaration"),
]
