"""Annual and quarterly code-set updates for US healthcare billing.

The library reads the files that CMS and NCHS publish, keeps every release in effective-dated tables,
says what changed between any two of them, proves it against the publisher's own list, and finds the
charge masters and rules that a change breaks. The command line is `codeset`; from Python, begin with `open`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from codeset_pipeline.asking.history import History

__version__ = "0.1.0"


def open(home: str | Path | None = None, database: str | None = None) -> History:
    """The history of a workspace, to be asked: `lookup`, `validate`, `history`, `check`, `changes`, `crosswalk`.

        with codeset_pipeline.open("/data/codesets") as history:
            history.lookup("icd10cm", "E11.9", on="2025-03-01")["status"]

    Args:
        home: the workspace directory; CODESET_HOME or the current directory where left out.
        database: database URL instead of the workspace's SQLite file.

    Raises:
        HistoryError: nothing is loaded there.
        UsageError: the text is no database URL.
    """
    from codeset_pipeline.asking.history import History

    return History(home, database)
