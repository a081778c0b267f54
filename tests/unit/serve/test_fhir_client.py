"""A public FHIR client library reads the endpoints, as a hospital's program would."""

from __future__ import annotations

import warnings

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fhirclient.client import FHIRClient
    from fhirclient.models.bundle import Bundle
    from fhirclient.models.capabilitystatement import CapabilityStatement
    from fhirclient.models.codesystem import CodeSystem
    from fhirclient.models.fhirabstractbase import FHIRValidationError
    from fhirclient.models.parameters import Parameters
    from fhirclient.models.valueset import ValueSet
    from fhirclient.server import FHIRNotFoundException

CM = "http://hl7.org/fhir/sid/icd-10-cm"


@pytest.fixture(scope="module")
def smart(served_url: str) -> FHIRClient:
    return FHIRClient(settings={"app_id": "test", "api_base": f"{served_url}/fhir/r4"})


def test_the_client_reads_what_the_server_can_do(smart: FHIRClient) -> None:
    statement = CapabilityStatement.read_from("metadata", smart.server)
    assert statement.fhirVersion == "4.0.1"
    assert {each.type for each in statement.rest[0].resource} == {"CodeSystem", "ConceptMap", "ValueSet"}


def test_the_client_reads_and_searches_code_systems(smart: FHIRClient) -> None:
    assert CodeSystem.read("icd10cm-2017-10-01", smart.server).url == CM
    (found,) = CodeSystem.where({"url": CM}).perform_iter(smart.server)
    assert isinstance(found, Bundle)
    assert [entry.resource.version for entry in found.entry] == ["2017-10-01", "2019-10-01", "2020-10-01"]
    with pytest.raises(FHIRNotFoundException):
        CodeSystem.read("loinc", smart.server)


def test_the_client_asks_the_operations(smart: FHIRClient) -> None:
    def ask(path: str) -> dict[str, object]:
        found: dict[str, object] = smart.server.request_json(path)
        return found

    try:
        looked_up = Parameters(ask(f"CodeSystem/$lookup?system={CM}&code=A07.2"))
        translated = Parameters(ask(f"ConceptMap/$translate?system={CM}&code=A07.1"))
        expanded = ValueSet(ask(f"ValueSet/$expand?url={CM}%3Ffhir_vs%3DA01.0"))
    except FHIRValidationError as error:
        pytest.fail(str(error))
    assert {each.name: each.valueString for each in looked_up.parameter}["display"] == "Lasting chill of the left thumb"
    match = next(each for each in translated.parameter if each.name == "match")
    assert next(part.valueCoding.code for part in match.part if part.name == "concept") == "A07.2"
    assert [each.code for each in expanded.expansion.contains] == ["A01.0", "A01.0A", "A01.0B"]
