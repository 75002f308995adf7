"""The house that BAOLEI_HOME names: made ready once, and opened by every command that works on it."""

from __future__ import annotations

import os
from pathlib import Path

from baolei.programme.refusals import Refusal


class HouseRefused(Refusal):
    """What the environment says about this installation cannot be read."""


def set_up() -> Path:
    """Folder, key and Django, so that its models may be used; the database is not touched. Returns the folder.

    Raises HouseRefused where the environment cannot be read.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baolei.front.settings")
    from baolei.front.environment import home_folder, write_secret_key

    home = home_folder(os.environ)
    write_secret_key(home)

    import django
    from django.core.exceptions import ImproperlyConfigured

    from baolei.front.starting import loading

    try:
        with loading():
            django.setup()
    except ImproperlyConfigured as error:
        raise HouseRefused(str(error)) from error
    return home


def open_house() -> Path:
    """The same, for a command that reads or writes the store: nobody may restore another one until this process ends.

    Raises StoreRefused where the store does not answer or is not of this version, NotDurable where a power cut would
    lose what it acknowledged, and HouseInUse while it is being restored.
    """
    home = set_up()
    from baolei.front.keeping.locks import enter
    from baolei.front.keeping.stores import refuse_unless_ready

    enter(home)
    refuse_unless_ready()
    return home


def bring_up_to_date() -> tuple[str, ...]:
    """Make the store, or bring it to the version of this program: the steps taken, in their order."""
    home = set_up()
    from django.core.management import call_command

    from baolei.front.keeping.locks import enter
    from baolei.front.keeping.stores import steps_to_take

    enter(home)
    steps = tuple(steps_to_take())
    call_command("migrate", interactive=False, verbosity=0)
    return steps


def collect_static() -> None:
    """Put what the pages load where the server reads it. Doing it again changes nothing that is already right."""
    from django.core.management import call_command

    from baolei.front.static_files import LEFT_OUT

    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=LEFT_OUT)


def migrate() -> int:
    """`baolei migrate`: bring the store up to date, and say what was done."""
    steps = bring_up_to_date()
    done = f"{len(steps)} steps taken" if steps else "nothing to do: the database is of this version"
    print("\n".join([*steps, done]))
    return 0
