"""Which registry an address means."""

from collections.abc import Mapping

from coronet.errors import WrongUsage
from coronet.ports.registry import Registry

_SUPPORTED = "give the http(s):// address of a tracking server, or sqlite:///FILE for a laptop"


def open_registry(uri: str | None, environment: Mapping[str, str]) -> Registry:
    """The registry at `uri` (what `--registry` says), else where `environment` says that MLflow is.

    Nothing is asked yet of a server. Raises `WrongUsage` where no address is given, since MLflow's own
    default, a new database in the working folder, is never what a promotion should rest on; and for
    addresses that are not supported.
    """
    address = registry_address(uri, environment)
    scheme = address.partition(":")[0].lower()
    match scheme:
        case "http" | "https":
            from coronet.adapters.mlflow_rest.address import parse_address
            from coronet.adapters.mlflow_rest.registry import RestRegistry
            from coronet.adapters.mlflow_rest.server import Server

            return RestRegistry(Server(parse_address(address, environment)))
        case "sqlite":
            from coronet.adapters.mlflow_store import StoreRegistry

            return StoreRegistry(address)
        case _:
            raise WrongUsage(_unsupported(address, scheme), hint=_SUPPORTED)


def registry_address(uri: str | None, environment: Mapping[str, str]) -> str:
    """Where the registry is: `uri`, else what `environment` says; WrongUsage where neither says anything."""
    if given := (uri or "").strip():
        return given
    tracking = environment.get("MLFLOW_TRACKING_URI", "").strip()
    registry = environment.get("MLFLOW_REGISTRY_URI", "").strip()
    if registry and tracking and registry != tracking:
        raise WrongUsage(
            "MLFLOW_REGISTRY_URI and MLFLOW_TRACKING_URI name two servers, and runs and versions must be in one",
            hint="name the server to use with --registry",
        )
    if not (tracking or registry):
        raise WrongUsage("no registry is named", hint=f"use --registry or set MLFLOW_TRACKING_URI: {_SUPPORTED}")
    return tracking or registry


def _unsupported(address: str, scheme: str) -> str:
    """The address is not repeated, for one of a database holds a password."""
    if scheme.startswith("databricks"):
        return "a registry on Databricks is not supported"
    if ":" not in address or scheme == "file":
        return "a folder of files is not supported as a registry"
    return f"a registry at {scheme}: is not supported"
