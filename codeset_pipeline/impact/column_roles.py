"""What the columns of a table are for, guessed from their names; `column_content` has the last word on code columns."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache


class Role(StrEnum):
    """What a column holds.

    ICD and PCS are codes of that code set by name, PROCEDURE is HCPCS and CPT codes, CODE is any code, FOREIGN codes of
    another set (NDC, DRG); LOW and HIGH are the ends of a range in two columns. BEGINS and ENDS are the first and the
    last day of the line itself, QUANTITY how many units it charges.
    """

    ICD = "icd"
    PCS = "pcs"
    PROCEDURE = "procedure_code"
    CODE = "code"
    LOW = "range_start"
    HIGH = "range_end"
    EXCLUDE = "exclude"
    FOREIGN = "other_codes"
    MODIFIER = "modifier"
    QUANTITY = "quantity"
    BEGINS = "effective_from"
    ENDS = "effective_to"
    CODE_TYPE = "code_type"
    DESCRIPTION = "description"
    PRICE = "price"
    REVENUE_CODE = "revenue_code"
    DEPARTMENT = "department"
    CHARGE_CODE = "charge_code"
    RULE = "rule"
    NAME = "name"


CODE_ROLES = frozenset({Role.ICD, Role.PCS, Role.PROCEDURE, Role.CODE, Role.LOW, Role.HIGH, Role.EXCLUDE})


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DESCRIPTION = _set(
    "desc description descr descriptor descriptions title text note notes comment comments label display definition "
    "narrative meaning longname shortname remark remarks rationale reason message"
)
_FOREIGN = _set(
    "ndc drg msdrg apc loinc snomed sct rxnorm cvx npi zip upc gtin tin mrn taxonomy betos icd9 icd9cm icdo error "
    "status response postal country state currency facility provider payer plan site location place account"
)
#: Names of the columns that hold HCPCS and CPT codes; dental codes are HCPCS codes that begin with D.
_PROCEDURE = _set("cpt cpt4 cptcode cptcodes hcpcs hcpc hcpcscode hcpccode hcpcscpt cpthcpcs cdt")
#: `Old CPT` beside `CPT`: what the line was billed as before is nobody's work.
_FORMER = _set("old previous prior former formerly retired historical history replaced")
_MODIFIER = re.compile(r"mod\d?|modifiers?\d?")
_QUANTITY = _set("qty quantity units unit multiplier")
_DATE = _set("date dt day eff effective expiration expiry termination term inactive active valid")
_BEGINS = _set("effective eff start begin begins activation active from")
_ENDS = _set(
    "expiration expiry expires termination term terminated inactive end ends discontinued through thru to until"
)
_ICD = _set("icd icd10 icd10cm icdcm dx dxs dxcode dxcodes diag diags diagcode diagnosis diagnoses")
#: `dx1`, `diag12`, `icd2` (but not `icd9`), `icd10code`
_NUMBERED_ICD = re.compile(r"(?:dx|diag)\d{1,2}|icd[1-8]|icd10\w*")
_PCS = _set("pcs icd10pcs icdpcs")
_CODES = _set("code codes cd codelist codelists icdcode icdcodes concept concepts")
_WEAK_CODES = _set(
    "value values valueset criteria criterion expression expressions pattern patterns range ranges prefix prefixes "
    "wildcard wildcards include includes included inclusion member members reference references condition "
    "trigger"
)
_EXCLUDE = _set("exclude excludes excluded exclusion exclusions except exception exceptions")
_PRICE = _set("price charge charges amount amt cost fee rate gross payment cash msrp tariff")
_IDENTITY = _set("id ids number num no nbr key code cd mnemonic")
_ITEM = _set("charge item cdm service chargemaster product procedure proc order orderable chg svc")
_RULE = _set("rule rules edit policy orderset set panel group measure protocol valueset guideline superbill order")
_RULE_CONTENT = (_WEAK_CODES | {"codes", "codelist", "codelists"}) - {"valueset", "reference"}
_LOW = _set("low start begin beginning first lower")
_HIGH = _set("high end ending last upper thru through")
_TYPES = _set("type system vocabulary terminology scheme codesystem codetype")


#: `Chargecode`, `UNITPRICE`: exports leave the blank out.
_GLUED = re.compile(
    r"(?i)\b(charge|chg|cdm|dept|department|item|service|svc|proc|procedure|rev|revenue|unit|gross|hcpcs?|cpt)"
    r"(code|cd|desc|description|name|no|num|number|price|amt|amount|charge|id)\b"
)


@lru_cache(maxsize=4096)
def words_of(name: str) -> frozenset[str]:
    """The words of a column name or key: `ICD-10-CM Code` → icd, icd10, icd10cm, code; `dxCode` → dx, code."""
    text = _GLUED.sub(r"\1 \2", re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", name))
    text = re.sub(r"(?i)\b(icd)[\s._-]*(9|10|11)?(?:[\s._-]*(cm|pcs))?(?![a-z])", r" \1\2\3 ", text)
    text = re.sub(r"(?i)\bms[\s-]drg", " msdrg ", text)
    text = re.sub(r"(?i)\b(order|value|code)[\s_-]*(set|list|type|system)s?\b", r" \1\2 ", text)
    return frozenset(re.findall(r"[a-z]+[0-9]*[a-z]*|#", text.lower()))


@lru_cache(maxsize=4096)
def role_of(name: str) -> Role | None:
    """The role that a column's name tells; None when it tells none."""
    words = words_of(name)
    if not words or len(name) > 80:
        return None
    icd = bool(words & _ICD) or any(map(_NUMBERED_ICD.fullmatch, words))
    pcs = bool(words & _PCS)
    procedure = bool(words & _PROCEDURE)
    modifier = any(map(_MODIFIER.fullmatch, words))
    for role, fits in (
        (
            Role.CODE_TYPE,
            bool(words & _TYPES) and bool(words & (_CODES | _TYPES - {"type", "system", "scheme"} | _ICD)),
        ),
        (Role.DESCRIPTION, bool(words & _DESCRIPTION) or ((icd or pcs) and "name" in words)),
        (Role.EXCLUDE, bool(words & _EXCLUDE)),
        (Role.LOW, (icd or bool(words & (_CODES | {"range"}))) and bool(words & _LOW)),
        (Role.HIGH, (icd or bool(words & (_CODES | {"range"}))) and bool(words & _HIGH)),
        (Role.MODIFIER, modifier),
        (Role.CODE, (icd or pcs) and (procedure or bool(words & _FOREIGN))),
        (Role.PCS, pcs),
        (Role.QUANTITY, bool(words & _QUANTITY) and not words & (_CODES | _PRICE | {"measurement", "dose"})),
        (Role.FOREIGN, procedure and bool(words & _FORMER)),
        (Role.PROCEDURE, procedure),
        (Role.FOREIGN, bool(words & _FOREIGN)),
        (Role.ICD, icd),
        (Role.ENDS, bool(words & _DATE) and bool(words & _ENDS) and not words & _CODES),
        (Role.BEGINS, bool(words & _DATE) and bool(words & _BEGINS) and not words & (_CODES | _PRICE)),
        (Role.REVENUE_CODE, bool(words & {"revenue", "rev", "revcode", "ubrev"})),
        (Role.DEPARTMENT, bool(words & {"department", "dept", "costcenter"}) or {"cost", "center"} <= words),
        (Role.CHARGE_CODE, words == {"cdm"} or (bool(words & _ITEM) and ("#" in words or bool(words & _IDENTITY)))),
        (Role.RULE, bool(words & _RULE) and not words & _RULE_CONTENT),
        (Role.CODE, bool(words & (_CODES | _WEAK_CODES))),
        (Role.PRICE, bool(words & _PRICE)),
        (Role.NAME, bool(words & {"id", "name", "key", "item", "#"})),
    ):
        if fits:
            return role
    return None


def is_weak(name: str) -> bool:
    """A name that may mean codes as well as other things (`value`, `criteria`, `diagnosis`), so the content decides."""
    words = words_of(name)
    strong = words & (_CODES | _PCS | _PROCEDURE | (_ICD - {"diagnosis", "diagnoses"}))
    return not strong and not any(map(_NUMBERED_ICD.fullmatch, words))


def speaks_of_prices(name: str) -> bool:
    """May a column of this name hold prices, although it also speaks of codes (`CPT Price`)?"""
    return bool(words_of(name) & _PRICE)


def speaks_of_orders(name: str) -> bool:
    """Do codes under this file or column name go on orders and claims as they stand?"""
    return (
        re.search(r"(?i)order|superbill|encounter.?form|preference|favou?rite|pick.?list|problem.?list", name)
        is not None
    )
