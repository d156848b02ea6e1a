"""What Spark says, as it is told: by its words, in both languages, without Java's."""

from __future__ import annotations

import pytest

from kaohe.engine.spark.cluster import OWN_SETTINGS, Cluster
from kaohe.engine.spark.failures import explained, not_started, overflows, starved
from kaohe.engine.spark.session import opened
from kaohe.errors import Exit

CLUSTER = Cluster("spark://HOST:7077")
SAID = {
    "spark.memory": [
        "java.lang.OutOfMemoryError: Java heap space",
        "ExecutorLostFailure … exit code 137",
        "status: 52",
    ],
    "spark.full": ["java.io.IOException: No space left on device"],
    "spark.file-system": [
        'UnsupportedFileSystemException: No FileSystem for scheme "s3a"',
        "From option fs.s3a.aws.credentials.provider java.lang.ClassNotFoundException: Class X not found",
        "java.lang.NoClassDefFoundError: software/amazon/awssdk/core/exception/SdkException",
    ],
    "spark.permission": [
        "org.apache.hadoop.security.AccessControlException",
        "AccessDenied (403)",
        "Permission denied",
        "org.apache.hadoop.fs.s3a.auth.NoAuthWithAWSException: No AWS Credentials provided",
    ],
    "spark.file": [
        "[PATH_NOT_FOUND] Path does not exist",
        "[FAILED_READ_FILE.FILE_NOT_EXIST] File file:/x",
        "UnknownStoreException: `s3a://x/': Bucket does not exist",
    ],
    "engine.snapshot": ["[FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER]", "x.parquet is not a Parquet file"],
    "spark.executor": ["ExecutorLostFailure (executor 3 exited)", "FetchFailed(null, shuffleId=0)"],
    "spark.lost": ["SparkContext was shut down", "StatusCode.UNAVAILABLE", "[INVALID_HANDLE.SESSION_CLOSED]"],
    "spark.unreachable": ["All masters are unresponsive! Giving up."],
    "spark.failed": ["something else\n\tat org.apache.spark.Some.thing(Some.scala:1)"],
}


class Told(Exception):  # noqa: N818
    """As Spark's own are: of its module."""


Told.__module__ = "pyspark.errors"


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in SAID.items() for text in texts])
def test_what_spark_says_is_told_by_what_a_person_can_do(code: str, text: str) -> None:
    told = explained(Told(f"Job aborted: {text.replace('status: 52', 'exit status: 52')}"), CLUSTER)
    assert told is not None
    assert told.exit_code == Exit.ENVIRONMENT
    (problem,) = told.problems
    assert problem.code == code
    assert problem.fix is not None
    assert str(problem.where) == "spark://HOST:7077"
    for language in ("en", "zh"):
        assert not any(word in problem.render(language) for word in ("org.apache", "java.", "\tat ", "aborted"))


def test_wrong_sql_and_faults_of_our_own_stay_what_they_are() -> None:
    wrong = type("AnalysisException", (Told,), {})
    assert explained(wrong("[TABLE_OR_VIEW_NOT_FOUND]"), CLUSTER) is None
    assert explained(KeyError("x"), CLUSTER) is None


def test_numbers_that_do_not_fit_are_known_by_their_class() -> None:
    assert overflows(Told("[CAST_OVERFLOW] … SQLSTATE: 22003"))
    assert not overflows(Told("[DIVIDE_BY_ZERO] … SQLSTATE: 22012"))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("JAVA_HOME is not set", "spark.java"),
        ("/bin/spark-class: line 97: /x/bin/java: No such file or directory", "spark.java"),
        ("/bin/spark-class: 行 71: /x/bin/java: 没有那个文件或目录", "spark.java"),
        ("java.lang.UnsupportedClassVersionError: … class file version 61.0", "spark.java"),
        ("Invalid maximum heap size: -Xmxmuch", "spark.not-started"),
    ],
)
def test_why_spark_did_not_start(said: str, code: str) -> None:
    assert [each.code for each in not_started(CLUSTER, said).problems] == [code]


def test_how_long_was_waited_is_said() -> None:
    assert "120" in str(starved(CLUSTER))


def test_without_pyspark_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(Exception, match=r"spark\.missing"):
        opened(CLUSTER)


@pytest.mark.parametrize(
    ("address", "hosts", "connects", "shares"),
    [
        ("spark://a:7077,b:7078", [("a", 7077), ("b", 7078)], False, True),
        ("sc://a:1234/;user_id=x", [("a", 1234)], True, False),
        ("sc://a", [("a", 15002)], True, False),
        ("sc://[::1]:9", [("::1", 9)], True, False),
        ("local[2]", [], False, False),
        ("yarn", [], False, True),
    ],
)
def test_an_address_says_where_to_knock(
    address: str, hosts: list[tuple[str, int]], connects: bool, shares: bool
) -> None:
    cluster = Cluster(address)
    assert [*cluster.hosts()] == hosts
    assert (cluster.connects, cluster.shares_workers) == (connects, shares)


def test_what_figures_depend_on_is_said_whatever_others_say() -> None:
    cluster = Cluster("local", (("spark.sql.ansi.enabled", "false"), ("spark.driver.extraJavaOptions", "-Xss4m")))
    settings = cluster.settings()
    assert OWN_SETTINGS.items() <= settings.items()
    assert settings["spark.driver.extraJavaOptions"] == "-Xss4m -XX:+ExitOnOutOfMemoryError"
    assert cluster.session_settings()["spark.sql.ansi.enabled"] == "true"
