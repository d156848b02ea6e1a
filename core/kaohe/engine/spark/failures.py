"""What Spark reports, in words that a person can act on. A Java stack trace is never one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kaohe.engine.spark.cluster import Cluster
from kaohe.errors import Exit, KaoheError, Place, Problem, fail
from kaohe.text import Message, msg

_WRONG_SQL = ("AnalysisException", "ParseException")


class Overflow(Exception):  # noqa: N818 - what was asked decides whether it is an error
    """A number did not fit where Spark computed it."""


@dataclass(frozen=True)
class _Finding:
    code: str
    signs: re.Pattern[str]
    what: Message
    fix: Message


_UNREACHABLE = _Finding(
    "spark.unreachable",
    re.compile(r"All masters are unresponsive|Connection to \S+ refused|InvalidClassException"),
    msg("the Spark cluster does not answer, or does not take us"),
    msg("check its address in kaohe.toml, that it is running, and that its version is that of the pyspark here"),
)
_FINDINGS: Sequence[_Finding] = (
    _UNREACHABLE,
    _Finding(
        "spark.memory",
        re.compile(
            r"OutOfMemoryError|Java heap space|UNABLE_TO_ACQUIRE_MEMORY|GC overhead|maxResultSize"
            r"|exit (?:code|status)[ :]+(?:52|137)\b"
        ),
        msg("Spark ran out of memory"),
        msg(
            "give it more, in kaohe.toml: [spark] conf = {example}",
            example='{ "spark.executor.memory" = "8g", "spark.driver.memory" = "4g" }',
        ),
    ),
    _Finding(
        "spark.full",
        re.compile(r"No space left on device"),
        msg("a disk of the cluster is full"),
        msg("make room in Spark's working folders (spark.local.dir) on the workers, and try again"),
    ),
    _Finding(
        "spark.file-system",
        re.compile(
            r"No FileSystem for scheme|UNSUPPORTED_FILE_SYSTEM|S3AFileSystem not found"
            # A client of another version of Hadoop than Spark's.
            r"|fs\.s3a\.\S+ java\.lang\.ClassNotFoundException"
            r"|(NoClassDefFoundError|NoSuchMethodError)\S* \S*(s3a|amazon)"
        ),
        msg("Spark cannot read this kind of file system"),
        msg("add its client to the cluster, for S3 the package hadoop-aws in Spark's own version of Hadoop"),
    ),
    _Finding(
        "spark.permission",
        re.compile(
            r"AccessControlException|AccessDenied|Permission denied|Status Code: 403|\(403\)"
            r"|NoA(uthWithAWS|wsCredentials)Exception"
        ),
        msg("a worker may not read the snapshot's files"),
        msg("let the account that Spark's workers run under read them"),
    ),
    _Finding(
        "spark.file",
        re.compile(r"PATH_NOT_FOUND|FILE_NOT_EXIST|FileNotFoundException|NoSuchFileException|UnknownStoreException"),
        msg("a worker does not see a file of the snapshot"),
        msg("name a place that all workers see, in kaohe.toml: [spark] data = …"),
    ),
    _Finding(
        "engine.snapshot",
        re.compile(r"CANNOT_READ_FILE_FOOTER|is not a Parquet file|FAILED_READ_FILE|ParquetDecodingException"),
        msg("a file of the snapshot cannot be read"),
        msg("evaluate again to take a new snapshot from the database"),
    ),
    _Finding(
        "spark.executor",
        re.compile(r"ExecutorLostFailure|FetchFailed|MetadataFetchFailed|Remote RPC client disassociated"),
        msg("workers of the cluster were lost, again and again"),
        msg("look after the workers, and try again: nothing is half done"),
    ),
    _Finding(
        "spark.lost",
        re.compile(
            r"Py4JNetworkError|ConnectionRefusedError|ConnectionResetError|SparkContext was shut down"
            r"|stopped SparkContext|StatusCode\.UNAVAILABLE|StatusCode\.DEADLINE_EXCEEDED"
            r"|SESSION_CLOSED|SESSION_NOT_FOUND|SESSION_CHANGED"
        ),
        msg("the connection to Spark was lost"),
        msg("see that the cluster is running, and try again: nothing is half done"),
    ),
    _Finding(
        "spark.refused",
        re.compile(r"StatusCode\.UNAUTHENTICATED|StatusCode\.PERMISSION_DENIED|SaslException|password"),
        msg("Spark refused us"),
        msg("a token for Spark Connect is taken from the environment: SPARK_CONNECT_AUTHENTICATE_TOKEN"),
    ),
)


def overflows(error: Exception) -> bool:
    """Whether it is that, by its class of the SQL standard."""
    return "SQLSTATE: 22003" in str(error)


def explained(error: Exception, cluster: Cluster, said: str = "") -> KaoheError | None:
    """What is to be told; None for what is nobody's fault but kaohe's, such as wrong SQL. ``said``: what Spark wrote
    on its way out."""
    if isinstance(error, KaoheError):
        return error
    text = f"{type(error).__name__} {error} {said}"
    known = next((each for each in _FINDINGS if each.signs.search(text)), None)
    if known is not None:
        return _failure(cluster, known.code, known.what, known.fix)
    if type(error).__name__ in _WRONG_SQL or not _is_sparks(error):
        return None
    condition = getattr(error, "getCondition", lambda: None)() or type(error).__name__
    again = msg("try again; where it stays so, somebody who looks after the cluster has to look into it")
    return _failure(cluster, "spark.failed", msg("Spark did not come to an end"), again, condition)


def not_installed() -> KaoheError:
    """pyspark, or what its part for Spark Connect needs, is missing."""
    what = msg("Spark is not installed beside kaohe")
    fix = msg("install it into the same environment: {command}", command="pip install 'kaohe[spark]'")
    return fail(Problem("spark.missing", what, Place(key="engine"), fix=fix), Exit.ENVIRONMENT)


def too_old(version: str) -> KaoheError:
    what = msg("this version of Spark is too old")
    return fail(
        Problem("spark.version", what, Place(key="engine"), found=version, expected=msg("version 4 or later")),
        Exit.ENVIRONMENT,
    )


def unreachable(cluster: Cluster) -> KaoheError:
    """Nobody answers, or somebody who does not speak our version of Spark's language."""
    return _failure(cluster, _UNREACHABLE.code, _UNREACHABLE.what, _UNREACHABLE.fix)


def starved(cluster: Cluster) -> KaoheError:
    """The cluster takes us and gives no worker."""
    return _failure(
        cluster,
        "spark.no-worker",
        msg("the Spark cluster gave no worker within {seconds} seconds", seconds=cluster.wait),
        msg(
            "look after its workers; let executors need no more memory than a worker has; or let [spark] wait be"
            " longer; then try again: nothing is half done"
        ),
    )


def seen_otherwise(path: Path) -> KaoheError:
    """Workers read other bytes than were written, under that name."""
    what = msg("workers of the cluster see other bytes in a file of the snapshot than were written")
    fix = msg("let [spark] data name a place that is one and the same for kaohe and for every worker (docs/scale.md)")
    return fail(Problem("spark.other-file", what, Place(str(path)), fix=fix), Exit.ENVIRONMENT)


def not_started(cluster: Cluster, said: str) -> KaoheError:
    """Spark's own process did not come up."""
    # The shell in which Spark starts Java says what it misses in the words of the user's language.
    if re.search(r"JAVA_HOME is not set|No such file or directory|spark-class: [^\n]*\bjava: ", said):
        what, fix = msg("Spark needs Java, and there is none"), msg("install Java 17, or set JAVA_HOME to where it is")
        return _failure(cluster, "spark.java", what, fix)
    if "UnsupportedClassVersionError" in said:
        what, fix = msg("this version of Java is too old for Spark"), msg("install Java 17 and set JAVA_HOME to it")
        return _failure(cluster, "spark.java", what, fix)
    fix = msg("check [spark] conf in kaohe.toml: Spark refuses to start with a setting that is not right")
    return _failure(cluster, "spark.not-started", msg("Spark did not start"), fix)


def _failure(cluster: Cluster, code: str, what: Message, fix: Message, found: str | None = None) -> KaoheError:
    problems = [Problem(code, what, Place(key=cluster.address), found=found, fix=fix)]
    if cluster.log is not None and cluster.log.exists():
        kept = msg("what Spark itself says of it is kept in this file; it may hold values of records")
        problems.append(Problem("spark.log", kept, Place(str(cluster.log)), severity="note"))
    return KaoheError(tuple(problems), Exit.ENVIRONMENT)


def _is_sparks(error: Exception) -> bool:
    return type(error).__module__.partition(".")[0] in ("pyspark", "py4j", "grpc")
