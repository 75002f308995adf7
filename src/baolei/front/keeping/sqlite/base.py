"""Django's SQLite, with one promise more: a connection that would lose acknowledged work is never handed out."""

from __future__ import annotations

from typing import Any

from django.db.backends.sqlite3 import base

from baolei.front.keeping.durable import NotDurable, refuse_unless_durable


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection as Django makes it, looked at before it is used. A database in memory is for tests: it is let be."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open, and close again and raise NotDurable where the store would not keep what it acknowledges."""
        connection = super().get_new_connection(conn_params)
        if not self.is_in_memory_db():
            try:
                refuse_unless_durable(connection, str(self.settings_dict["NAME"]), self._begins())
            except NotDurable:
                connection.close()
                raise
        return connection

    def _begins(self) -> str | None:
        """How a transaction begins; the stubs do not know it."""
        return getattr(self, "transaction_mode", None)
