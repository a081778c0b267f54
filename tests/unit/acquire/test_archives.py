"""Archives that came from somewhere else: what is refused, and that each refusal says why."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from codeset_pipeline.acquire.archives import ReleaseFileContainer
from codeset_pipeline.errors import SourceError

TEXT = b"00001 A00     0 Cholera" + b" " * 54 + b"Cholera\r\n"


def zipped(*members: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return content.getvalue()


def test_members_are_listed_without_folders_and_read_whole() -> None:
    container = ReleaseFileContainer("a.zip", zipped(("Code Descriptions/", b""), ("Code Descriptions/o.txt", TEXT)))
    assert [(member.path, member.size) for member in container.members()] == [("Code Descriptions/o.txt", len(TEXT))]
    assert container.read_member("Code Descriptions/o.txt") == TEXT


def test_a_bare_file_is_its_own_only_member() -> None:
    container = ReleaseFileContainer("icd10cm_order_2026.txt", TEXT)
    assert [member.path for member in container.members()] == ["icd10cm_order_2026.txt"]
    assert container.read_member("icd10cm_order_2026.txt") == TEXT


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_zip_that_was_cut_off_is_refused(kept: float) -> None:
    whole = zipped(("o.txt", TEXT * 500))
    with pytest.raises(SourceError, match=r"not a complete zip.*cut off"):
        ReleaseFileContainer("a.zip", whole[: int(len(whole) * kept)])


@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><html>", b"\xef\xbb\xbf\r\n  <html lang='en'>", b"<HEAD><TITLE>Moved</TITLE>"]
)
def test_a_page_that_came_instead_of_a_zip_is_called_a_page(page: bytes) -> None:
    with pytest.raises(SourceError, match="is an HTML page, not a release file"):
        ReleaseFileContainer("2026-code-descriptions-tabular-order.zip", page + b" Access denied" * 50)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(SourceError, match="is empty"):
        ReleaseFileContainer("a.zip", b"")


@pytest.mark.parametrize(
    "path",
    ["../../etc/cron.d/x.txt", "ok/../../x.txt", "/etc/passwd", "..\\..\\x.txt", "C:\\Windows\\x.txt", "\\\\host\\x"],
)
def test_a_member_that_would_be_written_outside_its_folder_is_refused(path: str) -> None:
    with pytest.raises(SourceError, match="outside its folder"):
        ReleaseFileContainer("a.zip", zipped(("icd10cm_order_2026.txt", TEXT), (path, TEXT)))


def test_a_member_that_unpacks_to_hundreds_of_times_its_size_is_refused_unread() -> None:
    with pytest.raises(SourceError, match="would unpack to 30,000,000 bytes"):
        ReleaseFileContainer("a.zip", zipped(("icd10cm_order_2026.txt", b"0" * 30_000_000)))


def test_an_archive_larger_than_any_release_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODESET_MAX_MEMBER_BYTES", "1000")
    stored = zipped(("icd10cm_order_2026.txt", TEXT * 20), compression=zipfile.ZIP_STORED)
    with pytest.raises(SourceError, match="far more than any release"):
        ReleaseFileContainer("a.zip", stored)


def test_many_small_members_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODESET_MAX_ARCHIVE_BYTES", "1000")
    stored = zipped(*((f"{n}.txt", TEXT) for n in range(20)), compression=zipfile.ZIP_STORED)
    with pytest.raises(SourceError, match="far more than any release"):
        ReleaseFileContainer("a.zip", stored)


def test_a_member_that_lies_about_its_size_is_refused_when_it_is_read() -> None:
    """The size is stated in the central directory (offset 24) and in the member's own header (offset 22)."""
    content = bytearray(zipped(("icd10cm_order_2026.txt", b"0" * 5_000_000)))
    content[22:26] = struct.pack("<I", 100)
    central = content.index(b"PK\x01\x02")
    content[central + 24 : central + 28] = struct.pack("<I", 100)
    container = ReleaseFileContainer("a.zip", bytes(content))
    assert container.members()[0].size == 100
    with pytest.raises(SourceError, match=r"a\.zip"):
        container.read_member("icd10cm_order_2026.txt")


def test_a_member_with_flipped_bytes_is_refused_when_it_is_read() -> None:
    content = bytearray(zipped(("icd10cm_order_2026.txt", TEXT * 300)))
    content[content.index(b".txt") + 20] ^= 0xFF
    with pytest.raises(SourceError, match=r"damaged at its member icd10cm_order_2026\.txt"):
        ReleaseFileContainer("a.zip", bytes(content)).read_member("icd10cm_order_2026.txt")


def test_an_archive_with_a_password_is_refused() -> None:
    content = bytearray(zipped(("icd10cm_order_2026.txt", TEXT)))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(SourceError, match="protected by a password"):
        ReleaseFileContainer("a.zip", bytes(content))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"absent\.zip cannot be read"):
        ReleaseFileContainer.read(tmp_path / "absent.zip")
