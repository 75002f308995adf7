"""Addresses of the room of public notices; those under /public/ are open to everybody."""

from __future__ import annotations

from django.urls import path

from baolei.notices import public_views, views

urlpatterns = [
    path("public/", public_views.notices, name="public_notices"),
    path("public/objection/", public_views.follow, name="follow_objection"),
    path("public/<int:round>/", public_views.notice, name="public_notice"),
    path("public/<int:round>/objection/", public_views.object_to, name="object_to"),
    path("rounds/<int:round>/objections/", views.objections, name="objections"),
    path("public/<int:round>/paper/", public_views.notice_file, name="public_notice_file"),
    path("rounds/<int:round>/notice/", views.notice_paper, name="notice_paper"),
    path("rounds/<int:round>/notice/word/", views.word_notice_paper, name="word_notice_paper"),
    path("rounds/<int:round>/post/", views.post, name="post_list"),
    path("line/<int:line>/object/", views.object_as_branch, name="object_as_branch"),
    path("objection/<int:objection>/", views.objection, name="objection"),
    path("objection/<int:objection>/do/<slug:act>/", views.on_objection, name="on_objection"),
]
