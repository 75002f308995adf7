"""Addresses of the standard."""

from __future__ import annotations

from django.urls import path

from baolei.standards import compare_views, draft_views, table_views, trial_views, views

urlpatterns = [
    path("standard/", views.standard, name="standard"),
    path("standard/<slug:code>/", views.field, name="field"),
    path("editions/", views.editions, name="editions"),
    path("editions/<slug:edition>/", views.standard, name="edition"),
    path("editions/<slug:edition>/<slug:code>/", views.field, name="edition_field"),
    path("edition-files/<slug:edition>/", views.files, name="edition_files"),
    path("compare-editions/", compare_views.compared, name="compare_editions"),
    path("drafts/new/", draft_views.new, name="new_draft"),
    path("drafts/import/", draft_views.take_in, name="import_edition"),
    path("drafts/<int:draft>/", draft_views.draft, name="draft"),
    path("drafts/<int:draft>/files/", draft_views.files, name="draft_files"),
    path("drafts/<int:draft>/publish/", draft_views.publish, name="publish_draft"),
    path("drafts/<int:draft>/discard/", draft_views.discard, name="discard_draft"),
    path("drafts/<int:draft>/head/", table_views.head, name="draft_head"),
    path("drafts/<int:draft>/field/<slug:code>/", table_views.field, name="draft_field"),
    path("drafts/<int:draft>/conditions/", table_views.conditions, name="draft_conditions"),
    path("drafts/<int:draft>/items/", table_views.items, name="draft_items"),
    path("drafts/<int:draft>/item/<slug:code>/", table_views.item, name="draft_item"),
    path("drafts/<int:draft>/new-item/<slug:kind>/", table_views.new_item, name="draft_new_item"),
    path("drafts/<int:draft>/trial/", trial_views.trial, name="trial"),
    path("drafts/<int:draft>/trial/progress/", trial_views.progress, name="trial_progress"),
    path("method/", views.method, name="method"),
]
