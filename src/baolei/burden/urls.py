"""Addresses of the room of forms and burden."""

from __future__ import annotations

from django.urls import path

from baolei.burden import report_views, views

urlpatterns = [
    path("forms/", views.forms, name="forms"),
    path("forms/propose/", views.propose_form, name="propose_form"),
    path("forms/complaints/", views.form_complaints, name="form_complaints"),
    path("forms/complaints/<int:complaint>/answer/", views.answer_complaint, name="answer_complaint"),
    path("forms/house/<slug:code>/", views.house_form, name="house_form"),
    path("forms/<int:form>/", views.asked_form, name="asked_form"),
    path("forms/<int:form>/<slug:act>/", views.on_form, name="on_form"),
    path("burden/", report_views.burden, name="burden"),
    path("organisation/<int:organisation>/burden/", report_views.branch_burden, name="branch_burden"),
    path("organisation/<int:organisation>/burden/<slug:about>/", report_views.complain, name="complain"),
]
