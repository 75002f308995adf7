"""The door for a web server: `granian --interface wsgi baolei.front.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from baolei.front.starting import loading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baolei.front.settings")

with loading():
    application = get_wsgi_application()


def _warm_up() -> None:
    from baolei.front.warm import begin  # reads settings, so only once they are there

    begin()


_warm_up()
