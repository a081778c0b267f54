"""From what `--to` says to an engine of SQLAlchemy."""

from __future__ import annotations

import json
import re

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from codeset_pipeline.errors import UsageError


def engine_for(url: str) -> tuple[Engine, str]:
    """The engine of a target, and its URL without the password; nothing is opened yet.

    Raises:
        UsageError: the text is no database URL, or its driver is not installed.
    """
    try:
        made = make_url(url)
        if made.drivername == "postgresql":
            made = made.set(drivername="postgresql+psycopg")
        waiting = {"timeout": 30} if made.get_backend_name() == "sqlite" else {}
        engine = create_engine(
            made,
            connect_args=waiting,
            json_serializer=lambda value: json.dumps(value, ensure_ascii=False),
        )
    except ModuleNotFoundError as error:
        package = "'codeset-pipeline[postgres]'" if error.name == "psycopg" else error.name
        raise UsageError(
            f"{_without_password(url)!r} needs {error.name}; install it with: pip install {package}."
        ) from error
    except (ValueError, SQLAlchemyError) as error:
        raise UsageError(
            f"{_without_password(url)!r} cannot be used as a database URL ({error}); use one such as "
            "sqlite:////data/codes.sqlite or postgresql://user@host/name."
        ) from error
    return engine, made.render_as_string(hide_password=True)


def _without_password(url: str) -> str:
    """What may be shown of a text that should be a URL."""
    return re.sub(r"(//[^/:@]*):.*@", r"\1:***@", url)
