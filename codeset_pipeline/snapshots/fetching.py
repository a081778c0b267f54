"""Getting the files that a site offers: fetched when they have changed, looked at, and handed on as supplied files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlsplit

from codeset_pipeline.acquire.agreement_form import acceptance, is_agreement
from codeset_pipeline.acquire.archives import ReleaseFileContainer
from codeset_pipeline.acquire.blobs import BlobStore
from codeset_pipeline.acquire.download import Fetched, PageInstead, discard_file, fetch_file, keep_file
from codeset_pipeline.acquire.download_memory import DownloadMemory
from codeset_pipeline.acquire.licence import Accepted, LicenceLog
from codeset_pipeline.acquire.page_memory import fetch_page, forget_page
from codeset_pipeline.acquire.web_client import WebClient
from codeset_pipeline.errors import CodesetError, SourceError
from codeset_pipeline.labels import effective_date, label_of
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.intake import Delivery, SuppliedFile
from codeset_pipeline.sources.definition import Source
from codeset_pipeline.sources.link_rules import licences, rules_for
from codeset_pipeline.sources.links import RecognisedLink
from codeset_pipeline.sources.member import Member
from codeset_pipeline.sources.offers import parts_of, plays
from codeset_pipeline.sources.recognise import Recognised, recognise

_XML_END = b"</ICD10CM.tabular>"


class LicenceNeeded(SourceError):
    """A file lies behind terms that nobody has accepted in this workspace."""


class Fetcher:
    """Fetches the files of one code set from one site."""

    def __init__(
        self, workspace: Workspace, client: WebClient, source: Source, site: str, progress: Callable[[str], None]
    ) -> None:
        self._client = client
        self._source = source
        self._site = site
        self._progress = progress
        self._memory = DownloadMemory(workspace.downloads, BlobStore(workspace.blobs))
        self._licences = LicenceLog(workspace.licences)
        rules = rules_for(source.code_set, site)
        self._parts = parts_of(rules, source.code_set) if rules else ()

    def accepted(self, link: RecognisedLink) -> Accepted | None:
        """Who accepted the terms that a link lies behind; None where nobody did or there are none."""
        return self._licences.accepted(link.licence) if link.licence else None

    def fetch(self, link: RecognisedLink) -> SuppliedFile:
        """A file as it is now, looked at: whole, what its link says, and of the release it is offered for.

        Raises:
            LicenceNeeded: its terms were not accepted.
            SourceError: it cannot be had or is something else; nothing of it is kept.
        """
        accepted = self.accepted(link)
        if link.licence and accepted is None:
            raise LicenceNeeded(f"{link.target.file_url} lies behind terms that were not accepted")
        url = self._address(link) if link.licence else link.target.file_url
        try:
            fetched = fetch_file(self._client, self._memory, url, link.name, self._progress)
        except PageInstead as error:
            if is_agreement(error.page):
                raise SourceError(
                    f"{link.target.file_url} is answered with a page of terms to accept instead of the file"
                ) from error
            raise SourceError(
                f"{link.target.file_url} is answered with an HTML page instead of the file; it may have moved"
            ) from error
        try:
            recognised = self._looked_at(link, fetched)
        except CodesetError:
            discard_file(self._memory, url, fetched.sha256)
            raise
        keep_file(self._memory, fetched)
        return self._supplied(link, fetched, recognised, accepted)

    def _address(self, link: RecognisedLink) -> str:
        """The address that the agreement form leads to, and, where the form is posted, its submission."""
        page = link.target.url
        if not link.target.licence:
            parts = urlsplit(link.target.file_url)
            page = f"{parts.scheme}://{parts.netloc}{licences()[link.licence].path}?file={quote(link.target.path)}"
        request = acceptance(fetch_page(self._client, page), page)
        if request.method == "GET":
            return request.url

        def submit() -> None:
            with self._client.ask(request.url, form=request.fields):
                # The answer sets the cookie that opens the file.
                return

        self._client.patiently(submit)
        # A form that is posted may hold a token that is good for one time.
        forget_page(self._client, page)
        return link.target.file_url

    def _looked_at(self, link: RecognisedLink, fetched: Fetched) -> Recognised:
        name, content = link.name, fetched.content
        if link.size is not None and link.size != len(content):
            raise SourceError(
                f"{link.target.file_url} has {len(content):,} bytes where its directory says {link.size:,}"
            )
        container = ReleaseFileContainer(name, content)
        if fetched.changed:
            for member in container.members():
                container.read_member(member.path)
        if name.lower().endswith(".xml") and not content.rstrip().endswith(_XML_END):
            raise SourceError(f"{link.target.file_url} ends in the middle of the file")
        recognised = self._recognised(link, fetched, container)
        parts = [part for part in self._parts if link.component in part.components]
        roles = sorted({file.role for file in recognised.files})
        if parts and not any(plays(role, part) for role in roles for part in parts):
            wanted = " or ".join(dict.fromkeys(part.what for part in parts))
            raise SourceError(f"{link.target.file_url} is named for the {wanted} and holds: {', '.join(roles)}")
        return recognised

    def _recognised(self, link: RecognisedLink, fetched: Fetched, container: ReleaseFileContainer) -> Recognised:
        known = self._source.known_archives.get(fetched.sha256)
        if known and effective_date(known) != link.effective_from and link.effective_from:
            said = label_of(self._source.code_set, link.effective_from)
            self._progress(f"{link.name} is offered for {said} and known by its content as {known}")
        recognised = recognise(
            self._source,
            link.name,
            [Member(member.path, member.written) for member in container.members()],
            sha256=fetched.sha256,
            archive=container.is_archive,
            release=None if known else link.effective_from,
        )
        if recognised is None:
            raise SourceError(f"{link.target.file_url} holds no {self._source.title} file")
        return recognised

    def _supplied(
        self, link: RecognisedLink, fetched: Fetched, recognised: Recognised, accepted: Accepted | None
    ) -> SuppliedFile:
        def settle(into_workspace: bool) -> None:
            if into_workspace:
                self._memory.clear_arrived(fetched.sha256)
            else:
                discard_file(self._memory, fetched.url, fetched.sha256)

        last_modified = fetched.validators.get("Last-Modified")
        return SuppliedFile(
            recognised,
            fetched.sha256,
            lambda: self._reopen(link, fetched.sha256),
            self._site,
            link.target.file_url,
            delivery=Delivery(
                updated=link.updated,
                posted=_day(last_modified) or link.posted or datetime.now(UTC).date(),
                last_modified=last_modified,
                etag=fetched.validators.get("ETag"),
                licence=str(accepted) if accepted else None,
                link_text=link.text,
                settle=settle,
            ),
        )

    def _reopen(self, link: RecognisedLink, digest: str) -> ReleaseFileContainer:
        content = self._memory.content(digest)
        if content is None:
            raise SourceError(f"The download of {link.target.file_url} has gone from the workspace; run it again.")
        return ReleaseFileContainer(link.name, content)


def _day(last_modified: str | None) -> date | None:
    if not last_modified:
        return None
    try:
        return parsedate_to_datetime(last_modified).date()
    except ValueError:
        return None
