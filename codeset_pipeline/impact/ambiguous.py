"""References that two loaded code sets know, told apart by the company they stand in.

`G8911` is a HCPCS code and, without its dot, an ICD-10-CM code. Where the place does not say which is meant, the other
references of the same list decide, then those of the same column or key; if they are silent too, it is judged as both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import replace

from codeset_pipeline.impact.mentions import Mention
from codeset_pipeline.impact.vocabulary import Vocabulary


def settled(mentions: Sequence[Mention], vocabulary: Vocabulary) -> list[Mention]:
    """The mentions, those of two code sets with the one that their neighbours have."""
    if len(vocabulary.code_sets) < 2:
        return list(mentions)
    doubtful: dict[int, None] = {}
    votes: dict[Hashable, Counter[str]] = defaultdict(Counter)
    for at, mention in enumerate(mentions):
        if mention.only is not None:
            sets = [mention.only]
        else:
            sets = list(dict.fromkeys(found.code_set for found in vocabulary.pairs_of(mention.expression)))
        if len(sets) > 1:
            doubtful[at] = None
        elif sets:
            votes[mention.scope][sets[0]] += 1
            votes[mention.place][sets[0]] += 1
    if not doubtful:
        return list(mentions)
    found = list(mentions)
    for at in doubtful:
        mention = mentions[at]
        only = _most(votes.get(mention.scope)) or _most(votes.get(mention.place))
        if only is not None and any(pair.code_set == only for pair in vocabulary.pairs_of(mention.expression)):
            found[at] = replace(mention, only=only)
    return found


def _most(votes: Counter[str] | None) -> str | None:
    """The code set with most votes; None for a tie."""
    if not votes:
        return None
    (first, count), *rest = votes.most_common(2)
    return None if rest and rest[0][1] == count else first
