"""The folder of an export: it appears whole or not at all, and takes the place of an older export only."""

from __future__ import annotations

import ctypes
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from codeset_pipeline.errors import UsageError

DESCRIPTOR = "datapackage.json"
# Our own property of the descriptor, by which an export is told from other data packages.
OURS = "codeset_pipeline"
_ASIDE = ".aside"


@contextmanager
def replaced_folder(out: Path) -> Iterator[Path]:
    """A new folder to write into, which becomes `out` at the end of the block.

    Until then, and where anything fails or the program is killed, `out` stays what it was.

    Raises:
        UsageError: `out` is something else than an export, or cannot be written.
    """
    check_replaceable(out)
    beside = _beside(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _sweep(out)
        beside.mkdir()
    except OSError as error:
        raise UsageError(f"{out} cannot be written ({error.strerror}); give another place.") from error
    try:
        yield beside
        check_replaceable(out)
        _move_into_place(beside, out)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


@contextmanager
def replaced_file(out: Path) -> Iterator[Path]:
    """A new file to write, which becomes `out` at the end of the block."""
    if out.is_dir():
        raise UsageError(f"{out} is a folder; give the name of a file, or of a folder without an ending.")
    beside = _beside(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _sweep(out)
        beside.touch()
    except OSError as error:
        raise UsageError(f"{out} cannot be written ({error.strerror}); give another place.") from error
    try:
        yield beside
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)


def check_replaceable(out: Path) -> None:
    """Is the place free, an empty folder, or an export of ours with nothing else in it?

    Raises:
        UsageError: it is something else.
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise UsageError(f"{out} is a file; give a folder that does not exist yet, or an older export to replace.")
    there = {path.name for path in out.iterdir()}
    if not there:
        return
    described = _described(out)
    if described is None:
        raise UsageError(f"{out} is not an export of this program; give a folder that does not exist yet.")
    foreign = sorted(there - described)
    if foreign:
        raise UsageError(f"{out} also holds {foreign[0]}, which no export wrote; move it away, or give another folder.")


def _described(out: Path) -> set[str] | None:
    """The files that the folder's descriptor names, with itself."""
    try:
        found: Any = json.loads((out / DESCRIPTOR).read_bytes())
        if OURS not in found:
            return None
        return {DESCRIPTOR, *(str(each["path"]) for each in found["resources"])}
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _beside(out: Path) -> Path:
    return out.with_name(f".{out.name}.{os.getpid()}.tmp")


def _sweep(out: Path) -> None:
    """Remove what killed exports to the same place left; one that is being written is left alone.

    An older export that had been put aside comes back, where nothing has taken its place.
    """
    left = re.compile(rf"\.{re.escape(out.name)}\.(\d+)({re.escape(_ASIDE)})?\.tmp")
    for abandoned in list(out.parent.iterdir()):
        found = left.fullmatch(abandoned.name)
        if found is None or (int(found[1]) != os.getpid() and _runs(int(found[1]))):
            continue
        if found[2] and not out.exists():
            abandoned.rename(out)
        elif abandoned.is_dir():
            shutil.rmtree(abandoned, ignore_errors=True)
        else:
            abandoned.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _move_into_place(beside: Path, out: Path) -> None:
    if not out.exists():
        beside.rename(out)
    elif not _exchange(beside, out):
        # Where folders cannot be exchanged at once, the older export is whole at any moment, here or aside.
        aside = out.with_name(f".{out.name}.{os.getpid()}{_ASIDE}.tmp")
        out.rename(aside)
        beside.rename(out)
        shutil.rmtree(aside, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, as Linux can; False where it cannot."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    here, both = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return rename is not None and rename(here, os.fsencode(one), here, os.fsencode(other), both) == 0
