"""What Spark says goes wrong, in our words; its own words are as it says them."""

import pytest

from coronet.adapters.tables.spark_engine.session import SESSION, translate
from coronet.errors import InvalidInput, Unavailable

NOT_THERE = "[PATH_NOT_FOUND] Path does not exist: file:/tmp/b.parquet. SQLSTATE: 42K03"
NO_TABLE = "[TABLE_OR_VIEW_NOT_FOUND] The table or view `b` cannot be found. Verify the spelling. SQLSTATE: 42P01"
NO_JAVA = "[JAVA_GATEWAY_EXITED] Java gateway process exited before sending its port number."
BROKEN = (
    "An error occurred while calling o85.parquet.\n: org.apache.spark.SparkException: "
    "[FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER] Encountered error while reading file file:/tmp/b.parquet. "
    "SQLSTATE: KD001"
    "\n\tat org.apache.spark.sql.errors.QueryExecutionErrors$.cannotReadFooterForFileError(QueryExecutionErrors.scala)"
)
NO_PACKAGE = (
    "An exception was thrown from the Python worker. Please see the stack trace below.\n"
    "Traceback (most recent call last):\nModuleNotFoundError: No module named 'scipy'\n"
)
NO_PYTHON = (
    "An error occurred while calling o1.collect.\n: org.apache.spark.SparkException: Job aborted due to stage failure: "
    'java.io.IOException: Cannot run program "python3": error=2, No such file or directory\n\tat java.lang'
)
NO_MASTER = (
    "An error occurred while calling None.x.\n: org.apache.spark.SparkException: Could not parse Master URL: 'x'\n\tat"
)


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        (NOT_THERE, InvalidInput, "there is no file b for Spark: Path does not exist: file:/tmp/b.parquet."),
        (NO_TABLE, InvalidInput, "Spark cannot read b: The table or view `b` cannot be found. Verify the spelling."),
        (BROKEN, InvalidInput, "b cannot be read: Encountered error while reading file file:/tmp/b.parquet."),
        (NO_JAVA, Unavailable, "Spark does not start: it found no Java"),
        (NO_PACKAGE, Unavailable, "Spark's workers have no Python package scipy"),
        (
            NO_PYTHON,
            Unavailable,
            "Spark's workers have not this Python: Job aborted due to stage failure: java.io.IOException: "
            'Cannot run program "python3": error=2, No such file or directory',
        ),
        (
            "[PACKAGE_NOT_INSTALLED] grpcio >= 1.76.0 must be installed; however, it was not found.",
            Unavailable,
            "Spark asks for more: grpcio >= 1.76.0 must be installed; however, it was not found.",
        ),
        ("Connection refused", Unavailable, "Spark failed: Connection refused"),
    ],
)
def test_each_error_says_what_to_do(text: str, kind: type[Exception], message: str) -> None:
    error = translate(text, "b")
    assert type(error) is kind
    assert error.message == message
    assert error.hint


def test_a_session_that_does_not_start_says_so() -> None:
    assert translate(NO_MASTER, SESSION).message == "Spark does not start: Could not parse Master URL: 'x'"
