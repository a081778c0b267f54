"""From what a publisher's site offers to recognised release files, grouped by release."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from codeset_pipeline.acquire.records import AcquisitionLog
from codeset_pipeline.errors import RefusedBySite, SourceError, TransientSourceError
from codeset_pipeline.labels import label_of
from codeset_pipeline.settings import Settings, Workspace
from codeset_pipeline.snapshots.fetching import Fetcher, LicenceNeeded
from codeset_pipeline.snapshots.intake import Intake, SuppliedFile
from codeset_pipeline.snapshots.offered import base_url, client_for, forget_pages, read_offers, rules_of, site_named
from codeset_pipeline.sources.definition import Source
from codeset_pipeline.sources.link_rules import Site, licences
from codeset_pipeline.sources.links import RecognisedLink
from codeset_pipeline.sources.offers import Offers, ReleaseOffer, missing_link, missing_parts, parts_of, plays


def missing_here(workspace: Workspace, code_set: str, site: str, effective_from: date) -> list[str]:
    """The parts of a release that the workspace does not have, as far as the site's rules know them."""
    roles = _roles_here(workspace, code_set, effective_from)
    return missing_parts(parts_of(rules_of(code_set, site), code_set), effective_from, roles, by_role=True)


def _roles_here(workspace: Workspace, code_set: str, effective_from: date) -> set[str]:
    log = AcquisitionLog(workspace.acquisitions)
    return {member.role for acquired in log.of_release(code_set, effective_from) for member in acquired.members}


class _Gathering:
    """One run over a site's releases.

    Attributes:
        stopped: the failure after which nothing more is asked of the site.
    """

    def __init__(self, workspace: Workspace, source: Source, site: Site, fetcher: Fetcher) -> None:
        self.workspace, self.source, self.site = workspace, source, site
        self.fetcher = fetcher
        self.intake = Intake(source.code_set)
        self.stopped: SourceError | None = None
        parts = parts_of(rules_of(source.code_set, site.name), source.code_set)
        self._cores = [part for part in parts if part.core]

    def get(self, offer: ReleaseOffer) -> None:
        """Get the files of one release; nothing of it is handed on when the site stops in the middle."""
        got: list[SuppliedFile] = []
        gated: list[RecognisedLink] = []
        failed: set[str] = set()
        for link in offer.files:
            try:
                got.append(self.fetcher.fetch(link))
            except LicenceNeeded:
                gated.append(link)
            except (TransientSourceError, RefusedBySite) as error:
                self.stopped = error
                self.intake.problems.append(_by_hand(error, link, self.source.code_set))
                return
            except SourceError as error:
                self.intake.problems.append(_by_hand(error, link, self.source.code_set))
                failed.add(link.component)
        if gated:
            self.intake.left_out.append(self._how_to_supply(offer, gated))
        # Of a table that comes in several files all are needed: without one of them its edits would seem to have gone.
        if not any(part.numbered and failed & set(part.components) for part in self._cores):
            self.intake.files += got

    def _how_to_supply(self, offer: ReleaseOffer, gated: Sequence[RecognisedLink]) -> str:
        licence = licences()[gated[0].licence]
        terms = f"{base_url(self.site, Settings())}{licence.path}"
        many = "1 file lies" if len(gated) == 1 else f"{len(gated)} files lie"
        return (
            f"{self.source.title} {offer.label}: {many} behind {licence.title} and stayed there; read them at {terms} "
            f"and run: codeset licence accept {licence.name} - or download {gated[0].target.url} and its like in a "
            f"browser and run: codeset update {offer.code_set} --from PATH --release {offer.label}"
        )

    def set_aside_without_codes(self, offers: Offers) -> None:
        """Leave out the files of releases whose codes are not at hand; an error where nothing else explains it."""
        groups = self.intake.releases()
        explained = bool(self.intake.problems or self.intake.left_out)
        for day, files in groups.items():
            roles = {file.role for item in files for file in item.recognised.files}
            roles |= _roles_here(self.workspace, self.source.code_set, day)
            if any(plays(role, part) for role in roles for part in self._cores):
                continue
            self.intake.files = [item for item in self.intake.files if item not in files]
            if not explained:
                self.intake.problems.append(str(_missing_core(offers, self.source, self.site, day)))


def _by_hand(error: SourceError, link: RecognisedLink, code_set: str) -> str:
    release = f" --release {label_of(code_set, link.effective_from)}" if link.effective_from else ""
    again = "run the command again later, or " if isinstance(error, TransientSourceError) else ""
    return (
        f"{str(error).rstrip('.')}; {again}open {link.target.url} in a browser, save the file and run: "
        f"codeset update {code_set} --from PATH{release}"
    )


def _missing_core(offers: Offers, source: Source, site: Site, day: date | None) -> SourceError:
    parts = parts_of(rules_of(source.code_set, site.name), source.code_set)
    what = next((part.what for part in parts if part.core), "files")
    label = f" {label_of(source.code_set, day)}" if day else ""
    return missing_link(offers, f"{source.title}{label} {what}")


def _note_missing_core(
    intake: Intake, newest: ReleaseOffer, offers: Offers, workspace: Workspace, source: Source, site: Site
) -> None:
    """Say which link of the newest release was expected and is missing, where the release can be loaded without it."""
    cores = {part.what for part in parts_of(rules_of(source.code_set, site.name), source.code_set) if part.core}
    here = missing_here(workspace, source.code_set, site.name, newest.effective_from)
    for what in newest.missing:
        if newest.loadable and what in cores and what in here:
            intake.left_out.append(str(missing_link(offers, f"{source.title} {newest.label} {what}")))


def _chosen(offers: Offers, source: Source, site: Site, release: date | None, everything: bool) -> list[ReleaseOffer]:
    """The releases to get, oldest first: the named one, all, or the newest with what is posted beyond it.

    Raises:
        SourceError: the page has no link to them.
    """
    offered = [offer for offer in offers.releases.values() if offer.files]
    if release is not None:
        named = [offer for offer in offered if offer.effective_from == release]
        if not named:
            raise _missing_core(offers, source, site, release)
        return named
    if not any(offer.loadable for offer in offered):
        raise _missing_core(offers, source, site, None)
    if everything:
        return offered
    newest = max(offer.effective_from for offer in offered if offer.loadable)
    return [offer for offer in offered if offer.effective_from >= newest]


def intake_from_site(
    workspace: Workspace,
    source: Source,
    site_name: str,
    release: date | None,
    everything: bool,
    progress: Callable[[str], None],
) -> Intake:
    """The release files that a site offers: of the named release, of all, or of the newest.

    A file that is wrong or gone is named in `problems` and the others are got. When the site fails or refuses, nothing
    more is asked, and of the release at hand nothing is handed on, so that the next run completes it. What lies behind a
    licence that nobody accepted is named in `left_out`; that alone is no failure.

    Raises:
        SourceError: nothing could be had.
    """
    site = site_named(site_name)
    with client_for(workspace, site) as client:
        if not client.settings.contact:
            progress("Set CODESET_CONTACT to your e-mail address, so that the publisher can reach whoever is asking")
        offers = read_offers(client, source.code_set, site, release, everything, progress)
        fetcher = Fetcher(workspace, client, source, site.name, progress)
        gathering = _Gathering(workspace, source, site, fetcher)
        intake = gathering.intake
        try:
            wanted = _chosen(offers, source, site, release, everything)
        except SourceError:
            forget_pages(client, offers)
            raise
        for url in offers.unread:
            intake.problems.append(
                f"{url} lists no file where a directory was expected; run the command again later, or open it in a "
                f"browser, save the archives into a folder and run: codeset update {source.code_set} --from PATH --all"
            )
        for link in offers.undated:
            intake.problems.append(
                f"Nothing tells which release {link.name} belongs to ({link.question}); open {link.target.url} in a "
                f"browser, save the file and run: codeset update {source.code_set} --from PATH --release RELEASE"
            )
        for offer in wanted:
            gathering.get(offer)
            if gathering.stopped:
                break
        gathering.set_aside_without_codes(offers)
        _note_missing_core(intake, wanted[-1], offers, workspace, source, site)
        if intake.problems:
            forget_pages(client, offers)
    if intake.files or (intake.left_out and not intake.problems):
        return intake
    if gathering.stopped:
        raise type(gathering.stopped)(intake.problems[-1])
    raise SourceError(" ".join([*intake.problems, *intake.left_out]) or f"{site.url} offers nothing to load.")
