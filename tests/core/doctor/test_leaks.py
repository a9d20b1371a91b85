"""Secrets in files, by their shape or their name; their value is never told."""

from typing import Any

import pytest

from coronet.core.doctor.leaks import find_leaks, find_shapes
from coronet.core.documents import Document

SECRETS = {
    "a token of GitHub": "ghp_" + "a1" * 18,
    "a token of GitLab": "glpat-" + "a" * 20,
    "an access key of AWS": "AKIA" + "A1" * 8,
    "a token of Databricks": "dapi" + "0f" * 16,
    "a token of Slack": "xoxb-" + "1" * 12,
    "a token of Hugging Face": "hf_" + "a" * 34,
    "a key of Google": "AIza" + "b" * 35,
    "a private key": "-----BEGIN RSA PRIVATE KEY-----",
    "a password in an address": "https://ann:hunter2@mlflow.example",
}


def leaks(value: Any) -> list[str]:
    return [finding.saw for finding in find_leaks(Document(file="f.yaml", value=value))]


@pytest.mark.parametrize(("what", "secret"), SECRETS.items())
def test_a_shape_is_found_anywhere_and_not_repeated(what: str, secret: str) -> None:
    assert leaks({"a": [{"b": f"x {secret} y"}]}) == [f"f.yaml looks like {what}"]
    (finding,) = find_shapes(f"# one\n# {secret}\n", file="f.yaml")
    assert finding.saw == f"f.yaml:2 looks like {what}"
    assert secret not in str(finding.to_json())


@pytest.mark.parametrize("key", ["password", "MLFLOW_TRACKING_PASSWORD", "api_key", "db-passwd", "SecretKey", "token"])
def test_a_name_is_found(key: str) -> None:
    assert leaks({"env": {key: "hunter2"}}) == [f"f.yaml looks like what {key!r} is called"]


@pytest.mark.parametrize(
    "value", ["${{ secrets.X }}", "$X", "", "  ", "<token>", "***", "write", "inherit", None, 512, True, {"a": "b"}]
)
def test_what_is_no_secret_is_let_alone(value: Any) -> None:
    assert leaks({"token": value}) == []


@pytest.mark.parametrize(
    "value",
    [
        {"max_tokens": "x"},
        {"tokenizer": "bert"},
        ["token"],
        "password",
        {"path": "https://example.com/a:b@c"},
        {"url": "https://${USER}:${PASSWORD}@example.com"},
        {1: "x"},
    ],
)
def test_neighbours_of_secrets_are_let_alone(value: Any) -> None:
    assert leaks(value) == []
