"""Where a tracking server is, and what it is shown: the meaning of MLflow's own environment variables."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from coronet.errors import WrongUsage

_TRUE, _FALSE = ("true", "1"), ("false", "0", "")


class Address(NamedTuple):
    """A tracking server. `secrets` may not stand in any message; `headers` go with every request."""

    scheme: str
    host: str
    port: int | None
    base: str
    headers: Mapping[str, str]
    secrets: tuple[str, ...]
    verify: bool
    authorities: str | None
    client_certificate: str | None

    @property
    def place(self) -> str:
        """Host and port as a URL writes them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address for people: without user and password."""
        return f"{self.scheme}://{self.place}{self.base}"

    def redact(self, text: str) -> str:
        """`text` without anything secret, even where the server sends it back."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text

    def __repr__(self) -> str:
        return f"Address({self.url})"


def parse_address(url: str, environment: Mapping[str, str]) -> Address:
    """The server at `url` with the credentials of `environment`; a user in the URL goes before those.

    Raises `WrongUsage` for what is no http(s) address, and for credentials that cannot be sent.
    """
    parts = _split(url.strip())
    authorization, secrets = _authorization(parts, environment)
    workspace = _header_value(environment, "MLFLOW_WORKSPACE")
    verify, authorities = _trust(environment)
    return Address(
        scheme=parts.scheme,
        host=parts.hostname or "",
        port=parts.port,
        base=parts.path.rstrip("/"),
        headers={
            **({"Authorization": authorization} if authorization else {}),
            **({"X-MLFLOW-WORKSPACE": workspace} if workspace else {}),
        },
        secrets=secrets,
        verify=verify,
        authorities=authorities,
        client_certificate=environment.get("MLFLOW_TRACKING_CLIENT_CERT_PATH") or None,
    )


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        plain = url.isascii() and url.isprintable() and " " not in url
    except ValueError:
        usable = plain = False
    if not (usable and plain) or parts.query or parts.fragment:
        # The text itself is not repeated: it may hold a password.
        raise WrongUsage(
            "the registry's URL cannot be read as the address of a server",
            hint="write it as https://HOST, http://HOST:PORT or https://HOST/PATH, without ? and #",
        )
    return parts


def _authorization(parts: SplitResult, environment: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The header's value, and all that must stay out of messages."""
    if parts.username is not None:
        return _basic(unquote(parts.username), unquote(parts.password or ""))
    user = _header_value(environment, "MLFLOW_TRACKING_USERNAME")
    password = _header_value(environment, "MLFLOW_TRACKING_PASSWORD")
    token = _header_value(environment, "MLFLOW_TRACKING_TOKEN")
    if user and password:
        return _basic(user, password)
    if token:
        if not token.isascii():
            raise WrongUsage(
                "MLFLOW_TRACKING_TOKEN holds characters that no token has", hint="copy the token again, as plain text"
            )
        return f"Bearer {token}", (token,)
    if user or password:
        given, missing = ("USERNAME", "PASSWORD") if user else ("PASSWORD", "USERNAME")
        raise WrongUsage(
            f"MLFLOW_TRACKING_{given} is set, but MLFLOW_TRACKING_{missing} is not",
            hint="set both; in a workflow, a secret that does not exist is an empty text",
        )
    return "", ()


def _basic(user: str, password: str) -> tuple[str, tuple[str, ...]]:
    from base64 import b64encode

    encoded = b64encode(f"{user}:{password}".encode()).decode()
    return f"Basic {encoded}", tuple(secret for secret in (encoded, password) if secret)


def _header_value(environment: Mapping[str, str], variable: str) -> str:
    """Blanks around a secret come from files and clipboards; a line break within is a mistake, or an attack."""
    value = environment.get(variable, "").strip()
    if not value.isprintable():
        raise WrongUsage(f"{variable} holds a line break or control character", hint="set it to one line of text")
    return value


def _trust(environment: Mapping[str, str]) -> tuple[bool, str | None]:
    """(whether certificates are verified, the file or folder of trusted authorities)."""
    insecure = environment.get("MLFLOW_TRACKING_INSECURE_TLS", "").strip().lower()
    authorities = environment.get("MLFLOW_TRACKING_SERVER_CERT_PATH") or None
    if insecure not in (*_TRUE, *_FALSE):
        raise WrongUsage("MLFLOW_TRACKING_INSECURE_TLS is neither true nor false", hint="set it to true, or remove it")
    if insecure in _TRUE and authorities:
        raise WrongUsage(
            "MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH contradict each other",
            hint="remove MLFLOW_TRACKING_INSECURE_TLS",
        )
    return insecure not in _TRUE, authorities
