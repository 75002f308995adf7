"""The two trees and the structural audit."""

from __future__ import annotations

from django.urls import path

from baolei.organisations import views

urlpatterns = [
    path("tree/", views.tree, name="tree"),
    path("tree/search/", views.search, name="tree_search"),
    path("tree/<int:unit>/", views.tree, name="tree_unit"),
    path("tree/<int:unit>/organisations/", views.organisations, name="unit_organisations"),
    path("organisation/<int:organisation>/", views.organisation, name="organisation"),
    path("ledger/", views.ledger, name="ledger"),
    path("audit/", views.audit, name="audit"),
]
