"""All addresses. A room adds one line here and one in `navigation.py`."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from baolei.api import rounds
from baolei.front import errors, round_views, today, views

# The passage of a round stands above all rooms, with the conductor: it is handed down to programs with the addresses,
# since a command that asks no address need not load them all.
rounds.LED["pass"] = rounds.ON_ROUND["pass"] = round_views.Pass

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("baolei.figures.urls")),
    path("", include("baolei.scores.urls")),
    path("", include("baolei.triage.urls")),
    path("", include("baolei.standards.urls")),
    path("", include("baolei.notices.urls")),
    path("", include("baolei.naming.urls")),
    path("", include("baolei.rounds.urls")),
    path("", include("baolei.declarations.urls")),
    path("", include("baolei.reviews.urls")),
    path("", include("baolei.ballots.urls")),
    path("", include("baolei.life.urls")),
    path("", include("baolei.centres.urls")),
    path("", include("baolei.dues.urls")),
    path("", include("baolei.training.urls")),
    path("", include("baolei.rectification.urls")),
    path("", include("baolei.wishes.urls")),
    path("", include("baolei.matters.urls")),
    path("", include("baolei.burden.urls")),
    path("", include("baolei.organisations.urls")),
    path("", include("baolei.sheets.urls")),
    path("", include("baolei.api.urls")),
    path("rounds/<int:round>/", round_views.show, name="round"),
    path("rounds/<int:round>/pass/", round_views.pass_round, name="pass_round"),
    path("today/", today.today, name="today"),
    path("go/<int:mandate>/", today.go, name="go"),
    path("account/", include("baolei.people.urls")),
    path("health/", views.health, name="health"),
    path("language/", include("django.conf.urls.i18n")),
]

# Read once, when the addresses are first needed: a public installation has no such page.
if settings.DEBUG or settings.BAOLEI_DEMO:
    urlpatterns.append(path("styleguide/", views.styleguide, name="styleguide"))

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.broken
