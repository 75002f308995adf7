"""Addresses of the room of wishes."""

from __future__ import annotations

from django.urls import path

from baolei.wishes import branch_views, views

urlpatterns = [
    path("wishes/", views.mine, name="my_wishes"),
    path("wishes/register/", views.register, name="register_with_community"),
    path("wishes/withdraw/", views.withdraw, name="withdraw_from_community"),
    path("wishes/<int:wish>/do/<slug:act>/", views.on_wish, name="on_wish"),
    path("tree/<int:unit>/wishes/", views.of_unit, name="wishes_of_unit"),
    path("tree/<int:unit>/wishes/write/", views.write, name="write_wish"),
    path("organisation/<int:organisation>/wishes/", branch_views.of_branch, name="wishes_of_branch"),
    path("organisation/<int:organisation>/wishes/do/<slug:act>/", branch_views.on_branch, name="on_branch_wishes"),
    path("wishes/pairing/<int:pairing>/do/<slug:act>/", branch_views.on_pairing, name="on_pairing"),
    path("wishes/deed/<int:deed>/", branch_views.deed, name="deed"),
    path("wishes/deed/<int:deed>/do/<slug:act>/", branch_views.on_deed, name="on_deed"),
]
