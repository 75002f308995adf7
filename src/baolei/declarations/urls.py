"""Addresses of the room of declarations."""

from __future__ import annotations

from django.urls import path

from baolei.declarations import condition_views, evidence_views, paper_views, views

urlpatterns = [
    path("rounds/<int:round>/declarations/", views.declarations, name="declarations"),
    path("declaration/<int:declaration>/", views.declaration, name="declaration"),
    path("declaration/<int:declaration>/save/", views.save, name="save_declaration"),
    path("declaration/<int:declaration>/papers/", paper_views.add_papers, name="add_papers"),
    path("declaration/<int:declaration>/papers/<int:paper>/", paper_views.paper, name="paper"),
    path("declaration/<int:declaration>/conditions/", condition_views.conditions, name="conditions"),
    path("declaration/<int:declaration>/count-again/", views.count_again, name="count_again"),
    path("declaration/<int:declaration>/do/<slug:act>/", views.on_declaration, name="on_declaration"),
    path("organisation/<int:organisation>/evidence/", evidence_views.of_branch, name="evidence"),
    path("organisation/<int:organisation>/evidence/<slug:item>/", evidence_views.of_item, name="evidence_item"),
    path(
        "organisation/<int:organisation>/evidence/<slug:item>/not-right/",
        evidence_views.say_not_right,
        name="say_not_right",
    ),
    path("disputes/", evidence_views.disputes, name="disputes"),
    path("disputes/<int:dispute>/answer/", evidence_views.answer_dispute, name="answer_dispute"),
    path("evidence/", evidence_views.catalogue, name="evidence_catalogue"),
]
