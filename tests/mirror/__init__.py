"""A loopback mirror of cms.gov and ftp.cdc.gov: their pages, files and manners, and every way in which they fail.

    with Mirror() as mirror:
        mirror.cms.post_icd10cm(2026, "2026 Code Descriptions in Tabular Order", "2026-….zip", content, posted=day)
        mirror.fail(Fault(Kind.CUT, path="/files/zip/2026-….zip"))
        …  CODESET_CMS_URL=mirror.cms_url  CODESET_CDC_URL=mirror.cdc_url …
        assert mirror.requests.most_at_once("cms") == 1

By hand: `python -m tests.mirror --port 8100` serves the publishers' own files where they lie beside the project, and
small made-up releases otherwise; cms.gov answers on that port and ftp.cdc.gov on the next.

What is known of the two sites comes from their pages as they were seen, and from what people reported; where the mirror
had to guess it is the stricter one: the gate before an NCCI file opens for an agreement only.
"""

from tests.mirror.faults import Fault, Kind
from tests.mirror.request_log import Logged, RequestLog
from tests.mirror.running import Mirror

__all__ = ["Fault", "Kind", "Logged", "Mirror", "RequestLog"]
