"""What a name says of the codes beside it: a column in a query, a key, an element, the words before a code.

| said | by words such as | then |
|---|---|---|
| a code set | `dx_code`, `ICD-10`, `diagnosis`, `hcpcs`, `proc_cd`, `modifier` | codes of that set in every shape |
| `CODES` | `code`, `value`, `concept`, `valueset` | known codes, but three characters only in company |
| `OTHER` | `order_no`, `mrn`, `version`, `price`, `room`, `status` | nothing there is a code |
| `PROSE` | `description`, `note`, `message` | only known codes with a dot |
| None | anything else | what `read_text` says of codes without a context |

The last word of a name is what the thing is: `diagnosis_date` is a date, `order_diagnosis` a diagnosis.
"""

from __future__ import annotations

import re
from functools import lru_cache

ICD, PCS, HCPCS, CPT, MODIFIER = "icd10cm", "icd10pcs", "hcpcs", "cpt", "modifier"
CODES, OTHER, PROSE = "codes", "other", "prose"

_WORD = re.compile(r"[a-z]+[0-9]*|[0-9]+")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ICD = _set(
    "dx dxs diag diags diagcd diagcode dxcode dxcd dxcodes icd icd10 icd10cm icdcm icdcode icd10code icd10cmcode "
    "diagnosis diagnoses diagnostic principaldx admitdx"
)
_NUMBERED = re.compile(r"(?:dx|diag|icd|icddx|diagnosis)(?!9$)\d{1,2}|icd10\w*|(?:icd|dx|diag)(?:cd|code)s?\d{0,2}")
_PCS = _set("pcs icd10pcs icdpcs icdproc")
_HCPCS = _set("hcpcs hcpc hcpcscode hcpcscd hcpcs2 jcode jcodes cpthcpcs hcpccd")
_CPT = _set("cpt cpt4 cptcode")
_MODIFIER = _set("modifier modifiers mod mods modcd modifiercode")
_NUMBERED_MODIFIER = re.compile(r"(?:mod|modifier)\d?")
_CODES = _set("code codes cd cds codelist value values valueset valuesets concept concepts member members")
_PROCEDURE = _set("procedure procedures proc procs px procedurecode proccode proccd service billing bill billed charge")
_PROCEDURES = _PROCEDURE - {"service", "billing", "bill", "billed", "charge"}
#: Things whose identifiers look like codes.
_OTHER = _set(
    "order orders mrn room bed version ver v release rev revision build firmware table tbl section sect sec figure "
    "fig appendix exhibit form page model part parts sku lot batch serial invoice po ticket case account acct "
    "memberid phone tel fax zip postal address addr street date dates time timestamp price amount amt cost fee rate "
    "dose mg ml kg guid uuid id ids ndc upc gtin lotno npi tin ein ssn status state error err department dept "
    "unit floor wing gate flight seat grid cell row col column size type step item line seq sequence number "
    "num no nbr count qty quantity age sex gender color colour hash checksum sha md5 commit branch tag port host ip "
    "payer drg msdrg apc loinc snomed rxnorm cvx cdt taxonomy revenue rev revcode icd9 icd9cm "
    "building suite bay rack slot locker badge employee user username password token key vin iso grade paper batchno "
    "vitamin requisition confirmation tracking accession specimen route highway exit level weight height bmi currency "
    "bearing gauge catalog catalogue cat formno po# contract agreement memo chapter paragraph clause edition"
)
#: Those that may also be a thing with codes: `item code`, `line codes`.
_SOFT = _set("item line row col column cell step type clause edition")
#: Last words that make even `dx_…` something else.
_NO_CODE = _set(
    "date dt time version ver count cnt seq sequence type typ qualifier qual poa flag ind indicator price amount amt "
    "cost status rank priority order source timestamp qty quantity units system count rate table pointer ptr"
)
_PROSE = _set(
    "description desc descr note notes comment comments label title text message msg narrative display definition "
    "remark remarks reason name names summary rationale"
)
#: Words that stand between a name and its codes and say nothing: `diagnosis code is one of`.
_FILLERS = _set(
    "is are be was were any of one the a an in with for to following these those this equal equals least has have "
    "startswith starts start begins contains matches match like includes include included list lists set sets as "
    "select where when if then on primary secondary principal admitting admit first second only must not also both "
    "either each all every new old valid billable active under within between from by at per see use used using "
    "exists any_of endswith in_list inlist substr substring left upper lower trim replace coalesce cast distinct "
    "existing same eq ne lt gt"
)


@lru_cache(maxsize=65536)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in their order, in small letters: `ICD-10-CM Code` → icd10cm, code; `dxCode` → dx, code."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\s]", " ", name)
    text = re.sub(r"(?i)\b(icd)[\s._-]*(9|10|11)?(?:[\s._-]*(cm|pcs))?(?![a-z0-9])", r" \1\2\3 ", text)
    text = re.sub(r"(?i)\b(j)[\s-]codes?\b", " jcode ", text)
    return tuple(_WORD.findall(text.lower()))


@lru_cache(maxsize=65536)
def said_by(name: str) -> str | None:
    """What a name says of the codes under it; None when it says nothing."""
    told = [word for word in words(name) if word not in _FILLERS and not word.isdigit()]
    if not told:
        return None
    last = told[-1]
    found = _code_set(told)
    if last in _NO_CODE:
        return OTHER
    if last in _PROSE and last != "name":
        return PROSE
    if found is not None:
        return found
    coded = any(word in _CODES for word in told)
    if any(word in _OTHER and not (coded and word in _SOFT) for word in told):
        return OTHER
    if any(word in _PROSE for word in told):
        return PROSE
    return CODES if coded else None


def _code_set(told: list[str]) -> str | None:
    known = set(told)
    icd9 = any(word.startswith("icd9") for word in told)
    if known & _MODIFIER or any(map(_NUMBERED_MODIFIER.fullmatch, told)):
        return MODIFIER
    if known & _PCS or ("icd10" in known and known & _PROCEDURE):
        return PCS
    if not icd9 and (known & _ICD or any(map(_NUMBERED.fullmatch, told))):
        return ICD
    if known & _HCPCS:
        return HCPCS
    if known & _CPT:
        return CPT
    if known & _PROCEDURE and not known & _OTHER and (known & _CODES or known & _PROCEDURES):
        return HCPCS
    return None


def denies(name: str) -> bool:
    """Does a name leave no doubt that what stands under it is no code? `item` may hold codes, `order_no` does not."""
    told = [word for word in words(name) if word not in _FILLERS]
    return said_by(name) == OTHER and (told[-1] in _NO_CODE or any(word in _OTHER - _SOFT for word in told))


def is_hard(word: str) -> bool:
    """A word after which an identifier stands that is no code: `version V10.3`, `room A10.1`."""
    return word.lower().strip("#.:") in _OTHER


def is_filler(word: str) -> bool:
    return word.lower() in _FILLERS
