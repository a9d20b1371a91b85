"""Connections over TLS: whom we trust and what we show."""

import ssl
from http.client import HTTPSConnection
from pathlib import Path

from coronet.adapters.mlflow_rest.address import Address
from coronet.errors import WrongUsage


def open_https(address: Address, *, timeout: float) -> HTTPSConnection:
    """A connection not yet made; raises `WrongUsage` for certificate files that cannot be used."""
    context = ssl.create_default_context()
    if not address.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if address.authorities:
        context = _trusting(address.authorities)
    if address.client_certificate:
        _show(context, address.client_certificate)
    return HTTPSConnection(address.host, address.port, timeout=timeout, context=context)


def _trusting(authorities: str) -> ssl.SSLContext:
    folder = Path(authorities).is_dir()
    try:
        return ssl.create_default_context(
            cafile=None if folder else authorities, capath=authorities if folder else None
        )
    except OSError as error:
        raise _unusable("MLFLOW_TRACKING_SERVER_CERT_PATH", authorities, error) from None


def _show(context: ssl.SSLContext, certificate: str) -> None:
    try:
        context.load_cert_chain(certificate)
    except OSError as error:
        raise _unusable("MLFLOW_TRACKING_CLIENT_CERT_PATH", certificate, error) from None


def _unusable(variable: str, path: str, error: OSError) -> WrongUsage:
    found = "it is not in PEM format" if isinstance(error, ssl.SSLError) else error.strerror
    return WrongUsage(f"{variable} names {path}, which cannot be used: {found}", hint=f"correct {variable}")
