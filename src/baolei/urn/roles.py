"""Who may do what in an urn on PostgreSQL, as SQL that the server's administrator runs: two roles, neither its owner.

The house sets polls up, moves their phases, seals and restores; the casting host reads polls and slips and writes
ballots. Neither may add a column, a trigger or an index that would tell one voter from another.
"""

from __future__ import annotations

from baolei.programme.refusals import Refusal
from baolei.urn.postgres import TABLES


class OneRole(Refusal):
    """The house and the casting host may not be one role."""


HOUSE, CASTING = "baolei", "baolei-urn"
"""The roles, unless told otherwise."""

GRANTS = """
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {house}, {casting};
GRANT USAGE ON SCHEMA public TO {house}, {casting};

-- The house. TRUNCATE: what held the casting is given back by writing the tables anew, and so is a backup put back.
GRANT SELECT, INSERT, TRUNCATE ON form, poll, slip, ballot, closed, seal TO {house};
GRANT UPDATE (phase) ON poll TO {house};
GRANT DELETE ON ballot TO {house};
GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {house};

-- The casting host. Of what is sealed it sees the leaves alone, by which a receipt is found.
GRANT SELECT ON form, poll, slip, ballot TO {casting};
GRANT INSERT, UPDATE (kind, rev, answers, comment, proof, leaf) ON ballot TO {casting};
GRANT SELECT (poll, leaf) ON closed TO {casting};
"""
IN_THE_SERVER = """
DO $$ BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO {house}', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO {casting}', current_database());
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pg_checkpoint') THEN  -- there is none before PostgreSQL 15
    GRANT pg_checkpoint TO {house};
  END IF;
END $$;
"""


def roles_sql(house: str = HOUSE, casting: str = CASTING) -> str:
    """The tables of an urn and what the two roles, which are there already, may do with them: for psql. Run again, it
    changes nothing. The names are of small letters, digits, - and _. Raises OneRole where they are the same.
    """
    if house == casting:
        raise OneRole(f"the casting host needs a role of its own beside {house}: what it may not do must be refused")
    grants = (GRANTS + IN_THE_SERVER).format(house=f'"{house}"', casting=f'"{casting}"')
    return f"BEGIN;{TABLES}{grants}COMMIT;\n"
