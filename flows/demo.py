"""The whole demonstration as one Prefect flow: the annual ICD-10-CM update, then HCPCS and NCCI on samples.

python -m flows.demo --home demo
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    # Prefect reads its settings when it is imported. The command settles them and then imports this module by name.
    from flows.command import demonstrate

    sys.exit(demonstrate())

from typing import Any

from prefect import flow

from flows.annual_icd10cm import annual_icd10cm
from flows.quarterly_hcpcs import quarterly_hcpcs
from flows.quarterly_ncci import quarterly_ncci


@flow(name="demo", persist_result=False)
def demo(home: str) -> list[dict[str, Any]]:
    """Run the updates on what any machine can have; the answers are theirs, in this order."""
    return [
        annual_icd10cm(home=home, demo=True),
        quarterly_hcpcs(home=home, demo=True),
        quarterly_ncci(home=home, demo=True),
    ]
