"""Usage that ranks the work: files and queries, by code, by department, and of codes billed together."""

import sqlite3
from pathlib import Path

import pytest

from codeset_pipeline.cli.impact import _usage
from codeset_pipeline.errors import AssetError, CodesetError, UsageError
from codeset_pipeline.impact.assess import assess
from codeset_pipeline.impact.usage import read_usage
from codeset_pipeline.impact.usage_query import UsageQuery, read_usage_query
from codeset_pipeline.model import Finding
from tests.unit.impact.quarter import quarter

CDM = "Department,HCPCS,Price\nLab,C9001,5\nOncology,J9310,7\nLab,J9310,7\nSupply,J9310,7\n"


def ranked(folder: Path, usage: Path | UsageQuery | None) -> list[tuple[str, str, float | None, float | None]]:
    (folder / "cdm.csv").write_text(CDM, encoding="utf-8")

    def told(found: Finding) -> tuple[str, str, float | None, float | None]:
        return found.department, found.code, found.volume, found.amount

    return [told(found) for found in assess([folder / "cdm.csv"], [quarter()], usage=usage).findings]


def test_without_usage_the_price_ranks(tmp_path: Path) -> None:
    assert ranked(tmp_path, None)[-1] == ("Lab", "C9001", None, 5.0)


def test_usage_by_department_counts_for_its_lines_and_the_whole_for_others(tmp_path: Path) -> None:
    usage = tmp_path / "usage.csv"
    usage.write_text(
        'Dept,HCPCS,Claims,Charges\nLAB,C9001,10,"$1,000"\nlab,J9310JW,1,10\nOncology,J9310,5,500.50\nOncology,j9310,1,1\n',
        encoding="utf-8",
    )
    assert ranked(tmp_path, usage) == [
        ("Lab", "C9001", 10.0, 1000.0),
        ("Supply", "J9310", 7.0, 511.5),
        ("Oncology", "J9310", 6.0, 501.5),
        ("Lab", "J9310", 1.0, 10.0),
    ]


def test_rows_of_two_codes_say_what_is_billed_together(tmp_path: Path) -> None:
    usage = read_usage(tmp_path / "u.csv", b"code 1,code 2,count\nJ9310,99213.0,12\n99213,J9310,3\nA4216,,4\n")
    assert usage.together == {("99213", "J9310"): 15.0}
    assert usage.volumes == {"A4216": 4.0}


@pytest.fixture
def database(tmp_path: Path) -> str:
    with sqlite3.connect(tmp_path / "claims.db") as connection:
        connection.execute("CREATE TABLE claims (hcpcs TEXT, paid REAL, at TEXT)")
        connection.executemany(
            "INSERT INTO claims VALUES (?, ?, ?)", [("C9001", 10.5, "10:30"), ("C9001", 1, ""), ("J9310", 2, "10:30")]
        )
    connection.close()
    return f"sqlite:///{tmp_path / 'claims.db'}"


QUERY = "SELECT hcpcs AS code, count(*) AS count, sum(paid) AS amount FROM claims WHERE at <> '11:30' GROUP BY hcpcs"


def test_a_query_gives_the_same_as_a_file(tmp_path: Path, database: str) -> None:
    found = ranked(tmp_path, UsageQuery(database, QUERY))
    assert found[0] == ("Lab", "C9001", 2.0, 11.5)
    said = tmp_path / "usage.yaml"
    said.write_text(f"url: {database}\nquery: {QUERY}\n", encoding="utf-8")
    assert ranked(tmp_path, said) == found


def test_a_password_comes_from_the_environment_and_is_never_shown(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAIMS_URL", database)
    assert read_usage_query(UsageQuery("${CLAIMS_URL}", QUERY)).name == f"sqlite:///{tmp_path / 'claims.db'}"
    secret = UsageQuery("nosuch://user:s3cret@host/db?password=s3cret", QUERY)
    with pytest.raises(CodesetError) as error:
        read_usage_query(secret)
    assert "s3cret" not in f"{error.value}{secret!r}"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("DELETE FROM claims", "begin it with SELECT or WITH"),
        ("SELECT nothing FROM claims", "did not answer the usage query"),
        ("SELECT at FROM claims", "it needs a header with a code column"),
        ("SELECT hcpcs AS code, at AS count FROM claims", "is no count; write a number"),
    ],
)
def test_a_wrong_query_is_refused_in_one_sentence(database: str, query: str, says: str) -> None:
    with pytest.raises(CodesetError, match=r"^[^\n]+$") as error:
        read_usage_query(UsageQuery(database, query))
    assert says in str(error.value)


def test_a_query_that_writes_changes_nothing(database: str) -> None:
    with pytest.raises(CodesetError):
        read_usage_query(UsageQuery(database, "WITH x AS (SELECT 1) DELETE FROM claims"))
    assert read_usage_query(UsageQuery(database, QUERY)).volumes == {"C9001": 2.0, "J9310": 1.0}


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite:////no/such/file.db", "There is no database"),
        ("not a url", "none that SQLAlchemy knows"),
        ("$NO_SUCH_VARIABLE_HERE", "which is not set"),
    ],
)
def test_a_wrong_url_is_refused_in_one_sentence(url: str, says: str) -> None:
    with pytest.raises(CodesetError, match=r"^[^\n]+$") as error:
        read_usage_query(UsageQuery(url, QUERY))
    assert says in str(error.value)


def test_the_flags_of_a_query_belong_together(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="belong together"):
        _usage(None, "sqlite://", None)
    with pytest.raises(UsageError, match="not as both"):
        _usage(tmp_path, "sqlite://", "SELECT 1")
    (tmp_path / "usage.yaml").write_text("url: [1]\n", encoding="utf-8")
    with pytest.raises(AssetError, match="write YAML with the keys url"):
        ranked(tmp_path, tmp_path / "usage.yaml")
