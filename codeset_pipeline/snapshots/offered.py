"""What a publisher's site offers of a code set, read from its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from urllib.parse import urljoin, urlsplit

from codeset_pipeline.acquire.page_memory import fetch_page, forget_page
from codeset_pipeline.acquire.web_client import WebClient
from codeset_pipeline.errors import RefusedBySite, SourceError, TransientSourceError, UsageError
from codeset_pipeline.labels import fiscal_year_of
from codeset_pipeline.settings import Settings, Workspace
from codeset_pipeline.sources.directory_listing import is_broken, listing_entries
from codeset_pipeline.sources.landing_page import page_links
from codeset_pipeline.sources.link_rules import LinkRules, Site, all_rules, rules_for, sites
from codeset_pipeline.sources.links import PageLink
from codeset_pipeline.sources.offers import Offers, gather

Progress = Callable[[str], None]
# Without a named release only the directories of the newest years are looked at.
_NEWEST_YEARS = 2


def base_url(site: Site, settings: Settings) -> str:
    """Where a site is to be asked: its own address or the mirror that the settings name."""
    return {"cms": settings.cms_url, "cdc": settings.cdc_url}.get(site.name, site.url).rstrip("/")


def rules_of(code_set: str, site_name: str) -> LinkRules:
    """How a site's links of a code set are recognised.

    Raises:
        UsageError: the site does not offer it.
    """
    rules = rules_for(code_set, site_name)
    if rules is None:
        offering = sorted({each.site for each in all_rules() if code_set in each.code_sets})
        raise UsageError(
            f"{site_name} does not publish {code_set}; use --from {' or '.join([*offering, 'PATH'])} instead."
        )
    return rules


@contextmanager
def client_for(workspace: Workspace, site: Site) -> Iterator[WebClient]:
    """A client for one site; with a mirror in its place the site itself is never asked."""
    settings = Settings()
    bases = {urlsplit(url.rstrip("/")).netloc for url in (settings.cms_url, settings.cdc_url)}
    base = urlsplit(base_url(site, settings)).netloc
    hosts = {base, *site.hosts} if base == urlsplit(site.url).netloc else {base, *bases - {urlsplit(site.url).netloc}}
    client = WebClient(workspace.downloads, hosts, settings)
    try:
        yield client
    finally:
        client.close()


def read_offers(
    client: WebClient, code_set: str, site: Site, release: date | None, everything: bool, progress: Progress
) -> Offers:
    """The offers of a code set; of a site with directories those of the named release's year, all, or the newest.

    Raises:
        SourceError: a page cannot be had; the message names it and the way by hand.
    """
    rules = rules_of(code_set, site.name)
    base = base_url(site, client.settings)
    page = next(page for page in rules.pages if code_set in page.code_sets)
    url = f"{base}{page.path}"
    progress(f"{code_set}: reading {url}")
    unread: list[str] = []
    try:
        if rules.listing:
            pages = list(_directories(client, rules, url, release, everything, progress, unread))
        else:
            pages = [(url, page_links(fetch_page(client, url)))]
    except (TransientSourceError, RefusedBySite, SourceError) as error:
        raise type(error)(page_by_hand(error, url, code_set)) from error
    offers = gather(rules, site, base, code_set, pages)
    offers.unread = unread
    return offers


def page_by_hand(error: SourceError, url: str, code_set: str) -> str:
    """What to do when a page cannot be read."""
    again = "run the command again later, or " if isinstance(error, TransientSourceError) else ""
    return (
        f"{str(error).rstrip('.')}; {again}open {url} in a browser, save the archives into a folder and run: "
        f"codeset update {code_set} --from PATH --all"
    )


def forget_pages(client: WebClient, offers: Offers) -> None:
    """Read the pages anew next time, even where the site says that they have not changed."""
    for url in offers.pages:
        forget_page(client, url)


def _directories(
    client: WebClient,
    rules: LinkRules,
    url: str,
    release: date | None,
    everything: bool,
    progress: Progress,
    unread: list[str],
) -> Iterator[tuple[str, list[PageLink]]]:
    """The page of directories, and each of those that may hold what is wanted; one that lists nothing is `unread`."""
    found = []
    root = listing_entries(fetch_page(client, url), url)
    for entry in root:
        named = rules.directories.fullmatch(entry.name) if entry.directory and rules.directories else None
        if named:
            found.append((int(named[1]), urljoin(url, entry.href)))
        elif entry.directory and entry.name.startswith("20"):
            progress(f"{urljoin(url, entry.href)} is no directory of a release that is known; passed over")
    years = {year for year, _ in found}
    if release is not None:
        years &= {fiscal_year_of(release)}
    elif not everything:
        years = set(sorted(years)[-_NEWEST_YEARS:])
    yield url, [entry.link for entry in root]
    for year, inner in found:
        if year in years:
            progress(f"reading {inner}")
            where = inner if inner.endswith("/") else f"{inner}/"
            page = fetch_page(client, where)
            entries = listing_entries(page, where)
            if is_broken(page, entries):
                unread.append(where)
            yield where, [entry.link for entry in entries]


def site_named(name: str) -> Site:
    """One of the publishers' sites by name."""
    return sites()[name]
