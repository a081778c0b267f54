"""What a publisher's site offers of a code set, held against what is in the workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from codeset_pipeline.acquire.records import Acquisition, AcquisitionLog
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.intake_site import missing_here
from codeset_pipeline.snapshots.offered import client_for, forget_pages, read_offers, site_named
from codeset_pipeline.sources.links import RecognisedLink
from codeset_pipeline.sources.offers import ReleaseOffer, missing_link


def _file(link: RecognisedLink, read: bool, acquired: list[Acquisition]) -> dict[str, Any]:
    place = urlsplit(link.target.file_url).path
    here = [each for each in acquired if urlsplit(each.url).path == place or each.name == link.name]
    return {
        "component": link.component,
        "part": link.part,
        "name": link.name,
        "published": (link.updated or link.posted or (here[-1].published if here else None)),
        "url": link.target.url,
        "gated": bool(link.licence),
        "licence": link.licence or None,
        "read": read,
        "here": bool(here),
        "link_text": link.text,
        "records": link.records,
        "first": link.first or None,
        "last": link.last or None,
    }


def _release(workspace: Workspace, site: str, offer: ReleaseOffer) -> dict[str, Any]:
    acquired = AcquisitionLog(workspace.acquisitions).of_release(offer.code_set, offer.effective_from)
    return {
        "code_set": offer.code_set,
        "release": offer.label,
        "effective_from": offer.effective_from.isoformat(),
        "site": site,
        "state": offer.state,
        "missing": list(offer.missing),
        "loaded": bool(acquired),
        "missing_here": missing_here(workspace, offer.code_set, site, offer.effective_from) if acquired else None,
        "files": [
            *(_file(link, True, acquired) for link in offer.files),
            *(_file(link, False, acquired) for link in offer.others),
        ],
    }


def remote_releases(
    workspace: Workspace, code_set: str, site_name: str, progress: Callable[[str], None]
) -> list[dict[str, Any]]:
    """Every release that a site offers, oldest first, with its links and whether each is in the workspace.

    `state` is `complete`, `partial` or `absent` by what is on offer; `missing_here` what a loaded release lacks.

    Raises:
        SourceError: the page cannot be read, or holds no link of the code set.
    """
    site = site_named(site_name)
    with client_for(workspace, site) as client:
        offers = read_offers(client, code_set, site, None, True, progress)
        if not offers.releases:
            forget_pages(client, offers)
            raise missing_link(offers, f"any file of {code_set}")
    return [_release(workspace, site_name, offer) for offer in offers.releases.values()]
