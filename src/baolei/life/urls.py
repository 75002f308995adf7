"""Addresses of the room of organisation life."""

from __future__ import annotations

from django.urls import path

from baolei.life import affairs_urls, appraisal_views, book_views, plan_views, quarter_views, views

urlpatterns = [
    path("organisation/<int:organisation>/life/", views.life, name="life"),
    path("organisation/<int:organisation>/life/record/", views.record, name="record_gathering"),
    path("organisation/<int:organisation>/life/save/", views.save, name="save_gathering"),
    path("gathering/<int:gathering>/", views.gathering, name="gathering"),
    path("gathering/<int:gathering>/strike/", views.strike, name="strike_gathering"),
    path("gathering/<int:gathering>/appraisal/", appraisal_views.appraisal, name="appraisal"),
    path("gathering/<int:gathering>/appraisal/enter/", appraisal_views.enter_appraisal, name="enter_appraisal"),
    path("gathering/<int:gathering>/appraisal/tell/", appraisal_views.tell_appraised, name="tell_appraised"),
    path("organisation/<int:organisation>/life/plan/", plan_views.life_plan, name="life_plan"),
    path("organisation/<int:organisation>/life/plan.ics", plan_views.life_calendar, name="life_calendar"),
    path("organisation/<int:organisation>/life/talks/", quarter_views.life_talks, name="life_talks"),
    path("organisation/<int:organisation>/life/book/<str:file>/", book_views.life_book, name="life_book"),
    *affairs_urls.urlpatterns,
]
