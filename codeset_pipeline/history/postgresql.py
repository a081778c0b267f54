"""What is particular about a history in PostgreSQL: its URL, the lock of those who load, and what its errors mean."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import DBAPIError

from codeset_pipeline.errors import DatabaseUnavailable, HistoryError, UsageError

DRIVER = "postgresql+psycopg"
_CONNECT_SECONDS = "10"

# "codes": tells the locks of this program from those of others in the same database.
_LOCK = 0x636F6465
# Keyed by the schema too, as one database may hold a history in each of several.
_LOCK_ARGUMENTS = f"({_LOCK}, hashtext(current_schema()))"
_HOLDER = text(
    "SELECT a.application_name, coalesce(host(a.client_addr), 'this machine') FROM pg_locks l "
    "JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted "
    f"AND l.classid = {_LOCK} AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def is_postgresql(url: URL) -> bool:
    return url.get_backend_name() in {"postgresql", "postgres"}


def completed(url: URL) -> URL:
    """The URL with the driver that this program uses, and with a time-out for connecting where it names none.

    Raises:
        UsageError: it names another driver.
    """
    if url.drivername not in {"postgresql", "postgres", DRIVER}:
        raise UsageError(f"{url.drivername} is not a driver of this program; write the database URL as {DRIVER}://….")
    defaults = {"connect_timeout": _CONNECT_SECONDS, "application_name": "codeset"}
    given = {name: value for name, value in defaults.items() if name not in url.query}
    return url.set(drivername=DRIVER).update_query_dict(given)


def shown(url: URL) -> str:
    """The URL as messages name it, without its password."""
    return url.set(query={}).render_as_string(hide_password=True)


def hold_load_lock(connection: Connection, say: Callable[[str], None]) -> None:
    """Wait until nobody else loads into this database, and keep others waiting until the transaction ends.

    The lock belongs to the transaction, so that it goes with it, however that ends: a load that is killed has let go of
    the lock once the server has undone what it did, and not before. Readers are not held up.

    Args:
        say: told when another load has to be waited for.
    """
    # A client whose machine is gone would hold the lock until the server's time-outs, which by default take hours.
    for setting, seconds in (("tcp_keepalives_idle", 30), ("tcp_keepalives_interval", 10), ("tcp_keepalives_count", 3)):
        connection.exec_driver_sql(f"SET LOCAL {setting} = {seconds}")
    if connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock{_LOCK_ARGUMENTS}").scalar_one():
        return
    holder = connection.execute(_HOLDER).first()
    by = f" ({holder[0]} from {holder[1]})" if holder else ""
    say(f"Waiting for another load into this database{by} to finish")
    connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock{_LOCK_ARGUMENTS}")


def explained(url: URL, error: Exception) -> HistoryError | None:
    """What an error of the driver means to a user; None for one that only a mistake of this program explains."""
    original = error.orig if isinstance(error, DBAPIError) else error
    if original is None or not type(original).__module__.startswith("psycopg"):
        return None
    state = getattr(original, "sqlstate", None)
    said = (str(original).strip().splitlines() or [type(original).__name__])[0].strip().rstrip(".")
    if state == "42501":
        return HistoryError(
            f"The user of {shown(url)} may not do this ({said}); name one who owns the tables to load, and one who may "
            "read them to ask."
        )
    if state == "25006":
        return HistoryError(
            f"{shown(url)} takes no changes ({said}); name the primary server and a user who may write to load."
        )
    if not any(kind.__name__ in {"OperationalError", "InterfaceError"} for kind in type(original).__mro__):
        return None
    if said.startswith(("connection failed", "connection timeout")):
        said = said.removeprefix("connection failed: ")
        return DatabaseUnavailable(
            f"The database {shown(url)} cannot be reached ({said}); check that the server runs, and the host, port, "
            "database, user and password in --database or CODESET_DATABASE_URL."
        )
    return DatabaseUnavailable(
        f"The database {shown(url)} stopped in the middle of the work ({said}); nothing was left half done: run the "
        "same again when the server is well."
    )
