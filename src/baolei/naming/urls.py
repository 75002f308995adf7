"""Addresses of the room of naming."""

from __future__ import annotations

from django.urls import path

from baolei.naming import demonstration_views, effect_views, look_views, paper_views, seat_views, views

urlpatterns = [
    path("rounds/<int:round>/list/", views.naming_list, name="naming_list"),
    path("rounds/<int:round>/list/do/<slug:act>/", views.on_list, name="on_list"),
    path("rounds/<int:round>/list/seats/", seat_views.naming_seats, name="naming_seats"),
    path("rounds/<int:round>/list/paper/", paper_views.naming_paper, name="naming_paper"),
    path("rounds/<int:round>/list/paper/word/", paper_views.word_naming_paper, name="word_naming_paper"),
    path("rounds/<int:round>/paper/<slug:kind>/<slug:file>/", paper_views.paper_file, name="paper_file"),
    path("rounds/<int:round>/titles/", look_views.title_looks, name="title_looks"),
    path("rounds/<int:round>/titles/do/<slug:act>/", look_views.on_looks, name="on_looks"),
    path("demonstrations/", demonstration_views.demonstrations, name="demonstrations"),
    path("demonstrations/new/", demonstration_views.new_demonstration, name="new_demonstration"),
    path("demonstration/<int:demonstration>/", demonstration_views.demonstration, name="demonstration"),
    path(
        "demonstration/<int:demonstration>/do/<slug:act>/",
        demonstration_views.on_demonstration,
        name="on_demonstration",
    ),
    path("effects/", effect_views.effects, name="effects"),
    path("effect/<int:effect>/", effect_views.effect, name="effect"),
    path("effect/<int:effect>/do/<slug:act>/", effect_views.on_effect, name="on_effect"),
    path("organisation/<int:organisation>/effects/", effect_views.branch_effects, name="branch_effects"),
    path("organisation/<int:organisation>/effects/tell/", effect_views.tell_effect, name="tell_effect"),
    path("supports/", effect_views.supports, name="supports"),
    path("supports/give/", effect_views.give_support, name="give_support"),
    path("support/<int:support>/strike/", effect_views.strike_support, name="strike_support"),
    path("line/<int:line>/", views.line, name="naming_line"),
    path("line/<int:line>/do/<slug:act>/", views.on_line, name="on_line"),
    path("titles/", views.held_titles, name="titles"),
    path("title/<int:title>/", views.title, name="title"),
    path("title/<int:title>/plaque/", paper_views.title_plaque, name="title_plaque"),
    path("title/<int:title>/do/<slug:act>/", views.on_title, name="on_title"),
]
