"""How the tables of a room are made: all at once."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation


class CreateModels(Operation):
    """Create the models of a room, in this order.

    Django draws every model that hangs together with a new one again for each `CreateModel`, and here everything hangs
    together: of the seconds a first start takes, most went into that. A new model leaves those it points at as they
    are, so only the new ones are drawn.
    """

    reduces_to_sql = True
    reversible = True
    serialization_expand_args = ["models"]  # noqa: RUF012 (declared so by Django)

    def __init__(self, models: list[CreateModel]) -> None:
        self.models = models

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (type(self).__name__, [self.models], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Tell the state of the new models; of what is drawn of it already, draw them beside it."""
        drawn = state.__dict__.pop("apps", None)
        for model in self.models:
            model.state_forwards(app_label, state)
        if drawn is not None:
            drawn.render_multiple([state.models[app_label, model.name_lower] for model in self.models])
            state.apps = drawn

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make their tables, each after those it points at."""
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Take them away again, the last first."""
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """What `migrate --plan` says of it."""
        return f"Create {len(self.models)} models: {', '.join(model.name for model in self.models)}"
