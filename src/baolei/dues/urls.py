"""Addresses of the room of Party dues."""

from __future__ import annotations

from django.urls import path

from baolei.dues import share_views, views, waiver_views

urlpatterns = [
    path("organisation/<int:organisation>/dues/", views.dues, name="dues"),
    path("organisation/<int:organisation>/dues/collect/", views.collect, name="collect_dues"),
    path("organisation/<int:organisation>/dues/amounts/", views.agree, name="agree_dues"),
    path("organisation/<int:organisation>/dues/waiver/", waiver_views.ask, name="ask_waiver"),
    path("tree/<int:unit>/dues/", share_views.unit, name="unit_dues"),
    path("dues/calculator/", views.calculator, name="dues_calculator"),
    path("dues/collection/<int:collection>/", views.collection, name="dues_collection"),
    path("dues/collection/<int:collection>/strike/", views.strike, name="strike_dues"),
    path("dues/waivers/", waiver_views.waivers, name="waivers"),
    path("dues/waiver/<int:waiver>/", waiver_views.waiver, name="waiver"),
    path("dues/waiver/<int:waiver>/do/<slug:act>/", waiver_views.on_waiver, name="on_waiver"),
]
