"""Files of rules and price lists with references planted in every form that is read, among decoys.

A maker returns the content of a file and what was planted: by line, the code or expression as it is written there.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import yaml

from benchmarks.planted.codes import MODIFIERS, PlantedCodes
from benchmarks.planted.decoys import DECOY_FIELDS, DECOY_SENTENCES, decoys

ICD, HCPCS = "http://hl7.org/fhir/sid/icd-10-cm", "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
#: Field in which a decoy stands → sort of decoy.
_FIELD_OF = {
    "order_no": "order", "mrn": "mrn", "invoice_number": "order", "service_date": "date", "charge_amount": "price",
    "room": "room", "part_no": "order", "rule_version": "version", "ndc": "ndc", "phone": "phone", "rev_code":
    "revenue", "account_number": "mrn", "lot_number": "order", "request_guid": "guid", "zip_code": "revenue", "status":
    "status",
}  # fmt: skip


@dataclass
class Sheet:
    """Lines of a file in the making, and what is planted on each (1-based)."""

    lines: list[str] = field(default_factory=list)
    planted: dict[int, list[str]] = field(default_factory=dict)

    def add(self, line: str, *planted: str) -> None:
        self.lines.append(line)
        if planted:
            self.planted.setdefault(len(self.lines), []).extend(planted)

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


class Planter:
    """Draws codes in the ways people write them."""

    def __init__(self, codes: PlantedCodes, chance: random.Random) -> None:
        self.codes, self.chance = codes, chance

    def dotted(self) -> str:
        code = self.chance.choice(self.codes.dotted)
        return f"{code[:3]}.{code[3:]}"

    def icd(self) -> str:
        """In any way: with or without dot, three characters too."""
        draw = self.chance.random()
        if draw < 0.5:
            return self.dotted()
        if draw < 0.8:
            return self.chance.choice(self.codes.dotted)
        return self.chance.choice(self.codes.short)

    def hcpcs(self) -> str:
        return self.chance.choice(self.codes.hcpcs)

    def modifier(self) -> str:
        return self.chance.choice(MODIFIERS)

    def prefix(self) -> str:
        """A header, so that there are codes under it."""
        return self.chance.choice(
            [code for code in self.chance.sample(self.codes.headers, 8) if len(code) == 3] or ["E11"]
        )

    def span(self) -> tuple[str, str]:
        """Two codes of one category in order, with dots."""
        while True:
            low = self.dotted()
            same = [code for code in self.codes.dotted if code[:3] == low[:3] and code > low.replace(".", "")]
            if same:
                high = self.chance.choice(same)
                return low, f"{high[:3]}.{high[3:]}"

    def several(self, draw: Callable[[], str], least: int = 2, most: int = 5) -> list[str]:
        return list(dict.fromkeys(draw() for _ in range(self.chance.randint(least, most))))

    def decoy_field(self) -> tuple[str, str]:
        name = self.chance.choice(DECOY_FIELDS)
        return name, decoys(self.chance)[_FIELD_OF[name]]

    def sentence(self) -> str:
        return self.chance.choice(DECOY_SENTENCES).format(**decoys(self.chance))


Made = tuple[str, bytes, dict[int, list[str]]]


def sql(planter: Planter, number: int) -> Made:
    """Comparisons of every kind, with decoys in the same statements."""
    sheet, chance = Sheet(), planter.chance
    for statement in range(12):
        name, value = planter.decoy_field()
        sheet.add(f"-- Rule: R{number}-{statement}; {planter.sentence()}")
        sheet.add(f"SELECT claim_id, '{value}' AS x FROM claims c WHERE c.{name} = '{value}'")
        column = chance.choice(
            ["dx_code", "c.diag1", "icd10_cd", "diagnosis_code", "DX1", '"dx_code"', "[PrincipalDx]"]
        )
        form = chance.randrange(11)
        if form == 0:
            code = planter.icd()
            sheet.add(f"  AND {column} = '{code}'", code)
        elif form == 1:
            found = planter.several(planter.icd)
            sheet.add(f"  AND {column} IN ({', '.join(map(repr, found))})", *found)
        elif form == 2:
            found = planter.several(planter.icd, 3, 6)
            sheet.add(f"  AND {column} NOT IN (")
            for code in found:
                sheet.add(f"      '{code}',", code)
            sheet.add("      '0')")
        elif form == 3:
            text = planter.prefix() + chance.choice(["%", ".%"])
            sheet.add(f"  AND {column} LIKE '{text}'", text)
        elif form == 4:
            low, high = planter.span()
            sheet.add(f"  AND {column} BETWEEN '{low}' AND '{high}'", f"BETWEEN {low} AND {high}")
        elif form == 5:
            low, high = planter.span()
            sheet.add(f"  AND {column} >= '{low}' AND {column} <= '{high}'", f"{low} to {high}")
        elif form == 6:
            code = planter.prefix()
            sheet.add(f"  AND LEFT({column}, 3) = '{code}'", code)
        elif form == 7:
            found = planter.several(planter.hcpcs)
            sheet.add(
                f"  AND {chance.choice(['hcpcs', 'proc_cd', 'cpt_code'])} IN ({', '.join(map(repr, found))}, '99213')",
                *found,
            )
        elif form == 8:
            code, modifier = planter.hcpcs(), planter.modifier()
            sheet.add(f"  AND hcpcs_code = '{code}' AND modifier1 = '{modifier}'", code, modifier)
        elif form == 9:
            code, text = planter.icd(), planter.hcpcs()
            sheet.add(f"  AND ({column} <> '{code}' OR hcpcs_cd LIKE '{text[:3]}%')", code, f"{text[:3]}%")
        else:
            text = f"^{planter.prefix()}"
            sheet.add(f"  AND REGEXP_LIKE({column}, '{text}')", text)
        name, value = planter.decoy_field()
        sheet.add(f"  AND {name} IN ('{value}', '{value}') ORDER BY 1;")
        sheet.add("")
    return f"rules_{number}.sql", sheet.text.encode(), sheet.planted


def inserts(planter: Planter, number: int) -> Made:
    sheet = Sheet()
    sheet.add("INSERT INTO edits (rule_version, dx_code, description, price, hcpcs, room) VALUES")
    for row in range(15):
        code, procedure, drawn = planter.icd(), planter.hcpcs(), decoys(planter.chance)
        end = ";" if row == 14 else ","
        room = drawn["room"]
        line = f"  ('{drawn['version']}', '{code}', 'Room {room}', 12.5, '{procedure}', '{room}'){end}"
        sheet.add(line, code, procedure)
    return f"insert_{number}.sql", sheet.text.encode(), sheet.planted


def cql(planter: Planter, number: int) -> Made:
    sheet = Sheet()
    sheet.add(f"library Rules{number} version '1.2.0'")
    sheet.add("using FHIR version '4.0.1'")
    sheet.add(f"codesystem \"ICD10CM\": '{ICD}'")
    for at in range(8):
        code, procedure, start = planter.icd(), planter.hcpcs(), planter.prefix()
        sheet.add(f"// {planter.sentence()}")
        sheet.add(f"code \"C{at}\": '{code}' from \"ICD10CM\" display 'x'", code)
        sheet.add(f'code "P{at}": \'{procedure}\' from "HCPCS"', procedure)
        sheet.add("")
        sheet.add(f'define "D{at}":')
        sheet.add(f"  exists [Condition] C where startsWith(C.diagnosis, '{start}') and C.room = 'A10'", start)
        sheet.add("")
    return f"logic_{number}.cql", sheet.text.encode(), sheet.planted


def edits(planter: Planter, number: int) -> Made:
    """A vendor's edit language, one rule a line."""
    sheet, chance = Sheet(), planter.chance
    for at in range(20):
        form, name, value = chance.randrange(7), *planter.decoy_field()
        head, tail = f"RULE {number}{at}: IF ", f" AND {name} = {value.replace(' ', '')} THEN DENY"
        if form == 0:
            found = planter.several(planter.icd)
            sheet.add(f"{head}DX IN ({', '.join(found)}){tail}", *found)
        elif form == 1:
            code = planter.icd()
            sheet.add(f"{head}DIAG = {code}{tail}", code)
        elif form == 2:
            low, high = planter.span()
            sheet.add(f"{head}DX IN ({low}-{high}, !{low}){tail}", f"{low}-{high}", low)
        elif form == 3:
            start = planter.prefix()
            sheet.add(f"{head}DX STARTS WITH {start}{tail}", start)
        elif form == 4:
            low, high = planter.span()
            sheet.add(f"{head}DX FROM {low} TO {high}{tail}", f"{low}-{high}")
        elif form == 5:
            code, modifier = planter.hcpcs(), planter.modifier()
            sheet.add(f"{head}PROC = {code}-{modifier}{tail}", code, modifier)
        else:
            start, out = planter.prefix(), planter.dotted()
            sheet.add(f"{head}DX {start}.* EXCEPT {out}{tail}", f"{start}.*", out)
    return f"edits_{number}.rul", sheet.text.encode(chance.choice(["utf-8", "utf-16"])), sheet.planted


def settings(planter: Planter, number: int) -> Made:
    sheet = Sheet()
    for at in range(10):
        found, procedures = planter.several(planter.icd), planter.several(planter.hcpcs)
        name, value = planter.decoy_field()
        sheet.add(f"# {planter.sentence()}")
        sheet.add(f"rule{at}.dx.codes={','.join(found)}", *found)
        sheet.add(f"rule{at}.hcpcs = {';'.join(procedures)}", *procedures)
        sheet.add(f"rule{at}.{name}={value}")
    return f"rules_{number}.properties", sheet.text.encode(), sheet.planted


def prose(planter: Planter, number: int) -> Made:
    sheet, chance = Sheet(), planter.chance
    for _ in range(15):
        form = chance.randrange(6)
        sheet.add(planter.sentence())
        if form == 0:
            found = planter.several(planter.dotted, 1, 3)
            sheet.add(f"The patient's record shows {' and '.join(found)}.", *found)
        elif form == 1:
            found = planter.several(planter.icd)
            sheet.add(f"Diagnosis codes: {', '.join(found)}.", *found)
        elif form == 2:
            found = planter.several(planter.hcpcs)
            sheet.add(f"Bill with HCPCS {', '.join(found)} only.", *found)
        elif form == 3:
            low, high = planter.span()
            sheet.add(f"Covered for {low} - {high} since 2020-01-01.", f"{low}-{high}")
        elif form == 4:
            code, modifier = planter.hcpcs(), planter.modifier()
            sheet.add(f"Report {code}-{modifier} for the discarded amount ($12.50).", code, modifier)
        else:
            start = planter.prefix()
            sheet.add(f"Not paid for {start}.- before 10/01/2025.", f"{start}.-")
        sheet.add("")
    return f"policy_{number}.txt", sheet.text.encode(chance.choice(["utf-8", "cp1252"])), sheet.planted


def listing(planter: Planter, number: int) -> Made:
    """A list of codes with descriptions, as payers publish them."""
    sheet = Sheet()
    sheet.add(f"Covered diagnoses, version V10.3 of 2025-10-01, policy {number}")
    for _ in range(25):
        code, room = planter.icd(), decoys(planter.chance)["room"]
        sheet.add(f"{code}  Disease, see room {room}", code)
    return f"covered_{number}.txt", sheet.text.encode(), sheet.planted


def hl7(planter: Planter, number: int) -> Made:
    sheet = Sheet()
    for at in range(6):
        drawn = decoys(planter.chance)
        sheet.add(f"MSH|^~\\&|A|B|C|D|20251001||DFT^P03|{drawn['order']}|P|2.5.1")
        sheet.add(
            f"PID|1||{drawn['mrn']}^^^H^MR||DOE^JANE||19700101|F|||{drawn['room']} STREET^^CITY^TX||{drawn['phone']}"
        )
        code, other, procedure, modifier = planter.icd(), planter.icd(), planter.hcpcs(), planter.modifier()
        sheet.add(f"DG1|{at}||{code}^Room {drawn['room']}^I10||20251001", code)
        sheet.add(f"FT1|1|{drawn['order']}||20251001||CG|{procedure}^Drug^HCPCS|||1|||{drawn['room']}||||||{other}^^I10C||||||"
                  f"{procedure}^^HCPCS|{modifier}", procedure, other, modifier)  # fmt: skip
    return f"feed_{number}.hl7", "\r".join(sheet.lines).encode(), sheet.planted


def x12(planter: Planter, number: int) -> Made:
    def bare(code: str) -> str:
        return code.replace(".", "")

    found = [bare(planter.icd()) for _ in range(4)]
    procedures = [planter.hcpcs() for _ in range(3)]
    modifier, drawn = planter.modifier(), decoys(planter.chance)
    head = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250101*1200*^*00501*000000001*0*P*:"
    parts = [head, f"CLM*{drawn['order']}*100", f"REF*G1*{drawn['order']}", f"REF*EA*{drawn['mrn']}"]
    parts += [f"HI*ABK:{found[0]}*ABF:{found[1]}*ABF:{found[2]}*ABF:{found[3]}"]
    parts += [
        f"SV1*HC:{procedures[0]}:{modifier}*100*UN*1***1",
        f"SV2*0636*HC:{procedures[1]}*12.5",
        f"SV1*HC:{procedures[2]}:25*9",
    ]
    return f"claim_{number}.x12", ("~".join(parts) + "~").encode(), {1: [*found, *procedures, modifier]}


def xml(planter: Planter, number: int) -> Made:
    sheet = Sheet()
    sheet.add('<?xml version="1.0"?>')
    sheet.add('<rules version="V10.3">')
    for at in range(10):
        drawn, code, procedure = decoys(planter.chance), planter.icd(), planter.hcpcs()
        found = planter.several(planter.icd)
        sheet.add(f'  <rule id="R{at}" order="{drawn["order"]}" guid="{drawn["guid"]}">')
        sheet.add(f"    <dx>{', '.join(found)}</dx><room>{drawn['room']}</room>", *found)
        sheet.add(
            f'    <Concept code="{code}" codeSystem="2.16.840.1.113883.6.90" displayName="see room {drawn["room"]}"/>',
            code,
        )
        sheet.add(
            f"    <item><codeSystem>HCPCS</codeSystem><code>{procedure}</code><price>12.50</price></item>", procedure
        )
        coding = f'<coding><system value="{ICD}"/><code value="{code}"/></coding>'
        sheet.add(f"    <Procedure><Code>{procedure}</Code></Procedure>{coding}", procedure, code)
        sheet.add(f"    <note>{planter.sentence()}</note></rule>".replace("&", "and"))
    sheet.add("</rules>")
    return f"rules_{number}.xml", sheet.text.encode(), sheet.planted


def _rules(planter: Planter, number: int) -> tuple[dict[str, object], list[str]]:
    planted: list[str] = []
    rules: list[dict[str, object]] = []
    for at in range(8):
        name, value = planter.decoy_field()
        rule: dict[str, object] = {"id": f"R{number}-{at}", name: value, "note": planter.sentence()}
        found = planter.several(planter.icd)
        form = planter.chance.randrange(5)
        if form == 0:
            rule["codes"] = found
        elif form == 1:
            rule["when"] = {"dx": ", ".join(found)}
        elif form == 2:
            low, high = planter.span()
            found = [f"{low}-{high}"]
            rule["ranges"] = [{"low": low, "high": high}]
        elif form == 3:
            found = planter.several(planter.hcpcs)
            rule["hcpcs"] = found
            rule["modifiers"] = [planter.modifier()]
            found = [*found, *rule["modifiers"]]  # type: ignore[misc]
        else:
            code = planter.icd()
            rule["trigger"] = {"system": ICD, "code": code}
            found = [code]
        planted += found
        rules.append(rule)
    return {"version": "V10.3", "updated": "2025-10-01", "rules": rules}, planted


def _by_line(text: str, planted: list[str]) -> dict[int, list[str]]:
    """Where the planted texts stand, in order; a range written as a mapping counts for its first end."""
    found: dict[int, list[str]] = {}
    lines = text.splitlines()
    at = 0
    for item in planted:
        first = item.split("-")[0]
        while not _holds(lines[at], first):
            at += 1
        found.setdefault(at + 1, []).append(item)
        lines[at] = lines[at].replace(first, "\0", 1)
    return found


def _holds(line: str, code: str) -> bool:
    import re

    key = line.split(":")[0].strip(' "-')
    if key in _FIELD_OF or key in ("note", "id", "updated", "version"):
        return False
    return re.search(rf"(?<![\w.]){re.escape(code)}(?![\w.])", line) is not None


def structure_yaml(planter: Planter, number: int) -> Made:
    document, planted = _rules(planter, number)
    text = yaml.safe_dump(document, sort_keys=False, width=10_000)
    return f"rules_{number}.yaml", text.encode(), _by_line(text, planted)


def structure_json(planter: Planter, number: int) -> Made:
    document, planted = _rules(planter, number)
    text = json.dumps(document, indent=1)
    return f"rules_{number}.json", text.encode(), _by_line(text, planted)


def fhir(planter: Planter, number: int) -> Made:
    """A value set alone or in a Bundle: concepts, filters, excludes and an expansion."""
    found, procedures = planter.several(planter.icd, 3, 6), planter.several(planter.hcpcs)
    start, out, expanded = planter.prefix(), planter.dotted(), planter.dotted()
    drawn = decoys(planter.chance)
    value_set = {
        "resourceType": "ValueSet", "id": drawn["order"], "version": "V10.3", "name": f"Set{number}",
        "description": planter.sentence(), "identifier": [{"system": "urn:ietf:rfc:3986", "value": drawn["guid"]}],
        "compose": {
            "include": [
                {"system": ICD, "concept": [{"code": code, "display": f"room {drawn['room']}"} for code in found]},
                {"system": ICD, "filter": [{"property": "concept", "op": "is-a", "value": start}]},
                {"system": HCPCS, "concept": [{"code": code} for code in procedures]},
                {"system": "http://snomed.info/sct", "concept": [{"code": "44054006"}, {"code": drawn["order"]}]},
            ],
            "exclude": [{"system": ICD, "concept": [{"code": out}]}],
        },
        "expansion": {"identifier": drawn["guid"], "contains": [{"system": ICD, "code": expanded, "display": "x"}]},
    }  # fmt: skip
    document = value_set if number % 2 else {"resourceType": "Bundle", "entry": [{"resource": value_set}]}
    text = json.dumps(document, indent=1)
    planted: dict[int, list[str]] = {}
    wanted = [*found, start, *procedures, out, expanded]
    for at, line in enumerate(text.splitlines(), start=1):
        key, _, value = line.strip().partition(":")
        code = value.strip(' ",')
        if key in ('"code"', '"value"') and wanted and code == wanted[0]:
            planted.setdefault(at, []).append(f"is-a {start}" if key == '"value"' else code)
            wanted.pop(0)
    assert not wanted, wanted
    return f"valueset_{number}.json", text.encode(), planted


def fhir_xml(planter: Planter, number: int) -> Made:
    sheet, drawn = Sheet(), decoys(planter.chance)
    sheet.add('<?xml version="1.0" encoding="UTF-8"?>')
    sheet.add(
        f'<ValueSet xmlns="http://hl7.org/fhir"><id value="{drawn["order"]}"/><version value="V10.3"/><name value="X"/>'
    )
    sheet.add("<compose><include>")
    sheet.add(f'<system value="{ICD}"/>')
    for code in planter.several(planter.icd, 3, 8):
        sheet.add(f'<concept><code value="{code}"/><display value="room {drawn["room"]}"/></concept>', code)
    out = planter.dotted()
    sheet.add(f'</include><exclude><system value="{ICD}"/><concept>')
    sheet.add(f'<code value="{out}"/></concept></exclude></compose></ValueSet>', out)
    return f"valueset_{number}.xml", sheet.text.encode(), sheet.planted


def program(planter: Planter, number: int) -> Made:
    """Python, as analysts keep their cohorts."""
    sheet = Sheet()
    for at in range(8):
        found, (name, value) = planter.several(planter.icd), planter.decoy_field()
        start, procedure = planter.prefix(), planter.hcpcs()
        sheet.add(f"# {planter.sentence()}")
        sheet.add(f"DX_CODES_{at} = {found!r}", *found)
        sheet.add(f"rows = df[df.dx_code.str.startswith('{start}') & (df['{name}'] == '{value}')]", start)
        sheet.add(
            f'if claim["hcpcs"] == "{procedure}" and claim["{name}"] != "{value}": deny("see {value}")', procedure
        )
        sheet.add("")
    return f"cohort_{number}.py", sheet.text.encode(), sheet.planted


def workbook(planter: Planter, number: int) -> Made:
    """Payer edits in Excel: diagnoses, procedures with modifiers, and columns of other things."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Payer edits, version V10.3"])
    sheet.append(["Edit", "Dx Codes", "HCPCS", "Room", "Last change"])
    planted: dict[int, list[str]] = {}
    for at in range(25):
        drawn, found, procedures = (
            decoys(planter.chance),
            planter.several(planter.icd, 1, 4),
            planter.several(planter.hcpcs, 1, 3),
        )
        sheet.append([f"E{at:03d}X", ", ".join(found), "; ".join(procedures), drawn["room"], drawn["date"]])
        planted[at + 3] = [*found, *procedures]
    out = io.BytesIO()
    book.save(out)
    return f"payer_{number}.xlsx", out.getvalue(), planted


def rule_table(planter: Planter, number: int) -> Made:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["rule", "note", "icd10 codes", "order_no", "updated"])
    planted: dict[int, list[str]] = {}
    for at in range(20):
        drawn = decoys(planter.chance)
        found = planter.several(planter.icd, 1, 4)
        if planter.chance.random() < 0.3:
            low, high = planter.span()
            found = [f"{low}-{high}", f"!{low}"]
        writer.writerow(
            [
                f"R{at}",
                planter.sentence(),
                planter.chance.choice([", ", "; ", "|"]).join(found),
                drawn["order"],
                drawn["date"],
            ]
        )
        planted[at + 2] = [item.lstrip("!") for item in found]
    return f"rules_{number}.csv", out.getvalue().encode(), planted


def charge_master(planter: Planter, number: int) -> Made:
    """A price list with banners, revenue codes, prices, and CPT codes among the HCPCS codes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([f"General Hospital {number}", "", "", "", "", ""])
    writer.writerow(["Effective 10/01/2025", "", "", "", "", ""])
    writer.writerow(["Charge Code", "Description", "Rev Code", "CPT/HCPCS", "Modifier", "Gross Charge"])
    planted: dict[int, list[str]] = {}
    for at in range(40):
        drawn = decoys(planter.chance)
        row = at + 4
        if planter.chance.random() < 0.4:
            code, modifier = drawn["cpt"], planter.chance.choice(["", "25", "59"])
        else:
            plain = planter.hcpcs()
            planted[row] = [plain]
            modifier = ""
            form = planter.chance.randrange(4)
            code = plain
            if form == 1:
                glued = planter.modifier()
                code = plain + planter.chance.choice(["-", " ", ""]) + glued
                planted[row].append(glued)
            elif form == 2:
                other = planter.hcpcs()
                code = f"{plain}, {other}"
                planted[row].append(other)
            elif form == 3:
                modifier = planter.modifier()
                planted[row].append(modifier)
        writer.writerow(
            [f"4{at:06d}", f"ITEM {drawn['order']} {drawn['room']}", drawn["revenue"], code, modifier, f"{at + 12}.50"]
        )
    return f"cdm_{number}.csv", out.getvalue().encode(), planted


MAKERS: tuple[Callable[[Planter, int], Made], ...] = (
    *(sql, inserts, cql, edits, settings, prose, listing, hl7, x12, xml, structure_yaml, structure_json),
    *(fhir, fhir_xml, program, workbook, rule_table, charge_master),
)
