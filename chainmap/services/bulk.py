"""Many new rows at once: COPY on PostgreSQL, one prepared statement on SQLite.

``bulk_create`` makes an object and a long statement of placeholders for each batch: 3 to 5 times the cost of this.
Values are plain (text, whole numbers, floats, dates, None), so no field has to convert them; constraints and triggers
of the database hold as ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections, models, router


def rows_insert(*, model: type[models.Model], fields: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert ``rows``, each with the values of ``fields`` in their order. Raises IntegrityError and writes nothing
    when one of them breaks a constraint, given that the caller has opened a transaction."""
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    columns = ", ".join(quote(str(model._meta.get_field(name).column)) for name in fields)  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            holes = ", ".join(["%s"] * len(fields))
            # names come from the model and are quoted; values go in as parameters
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({holes})", rows)  # noqa: S608
