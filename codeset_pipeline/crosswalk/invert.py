"""A crosswalk read backwards: what was this code before?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from codeset_pipeline.crosswalk.relation import inverse_equivalence, inverse_relation
from codeset_pipeline.model import Hop, Mapping


def invert(mappings: Sequence[Mapping]) -> list[Mapping]:
    """The same pairs from the later release to the earlier one, sorted by source and target.

    A split read backwards is a merge and the reverse, `carved_out` and `combination` keep their names, the two
    automatic flags change places, and hops run from the latest to the earliest. A row without target has no
    counterpart: it says nothing about any code of the later release.
    """
    pairs = [mapping for mapping in mappings if mapping.target is not None]
    priors = Counter(mapping.target for mapping in pairs)
    turned = [
        replace(
            mapping,
            source=str(mapping.target),
            target=mapping.source,
            relation=inverse_relation(mapping.relation),
            equivalence=inverse_equivalence(mapping.equivalence),
            hops=tuple(_turned(hop) for hop in reversed(mapping.hops)),
            automatic_forward=mapping.automatic_backward,
            automatic_backward=mapping.automatic_forward,
            ambiguous=priors[mapping.target] > 1,
            source_title=mapping.target_title,
            target_title=mapping.source_title,
        )
        for mapping in pairs
    ]
    return sorted(turned, key=lambda mapping: (mapping.source, str(mapping.target)))


def _turned(hop: Hop) -> Hop:
    # A hop into nothing never lies on a pair's way, so there is always a target to start from.
    return replace(hop, source=hop.target or "", target=hop.source, relation=inverse_relation(hop.relation))
