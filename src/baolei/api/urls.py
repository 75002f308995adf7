"""The addresses of programs, their description, and the pages on which a person makes and ends tokens."""

from __future__ import annotations

from django.urls import include, path

from baolei.api import open311, views
from baolei.api.door import api

urlpatterns = [
    path("account/tokens/", views.tokens, name="tokens"),
    path("account/tokens/<int:token>/end/", views.end, name="end_token"),
    path("api/v1/docs", views.docs, name="api_docs"),
    path("api/v1/openapi.json", views.openapi, name="api_openapi"),
    path("api/v1/", api.urls),
    path("api/open311/", include(open311.urlpatterns)),
]
