"""Log in, log out, change one's password."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from baolei.people import factor_views, views

urlpatterns = [
    path("login/", views.LogIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("code/", factor_views.enter_code, name="enter_code"),
    path("second-factor/", factor_views.second_factor, name="second_factor"),
    path("password/", views.ChangePassword.as_view(), name="password_change"),
]
