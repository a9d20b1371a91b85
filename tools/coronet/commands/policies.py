"""The effective policy of a model, from the work tree or from a commit."""

from collections.abc import Mapping, Sequence

from coronet.commands.governed import raise_findings, require_name
from coronet.core.canonical import digest_json
from coronet.core.documents import Document, lay_over
from coronet.core.policy import DEFAULT_PATH, DEFAULTS, Policy, merge_policies, policy_from_json, policy_path
from coronet.errors import InvalidInput
from coronet.ports.documents import Documents, Files


def load_policy(files: Files, documents: Documents, model: str, *, trusted: str | None = None) -> Policy:
    """The effective policy of `model`: the built-in defaults, `policy/default.yaml`, `policy/<model>.yaml`.

    Validation is left out where the effective policy has the digest `trusted`: it was validated when the
    log recorded it, and a digest says that it is the same.
    """
    return effective_policy(policy_layers(files, documents, model), documents, trusted=trusted)


def policy_layers(files: Files, documents: Documents, model: str) -> tuple[Document, ...]:
    """The policy documents of `model`, widest first; InvalidInput where there is none."""
    paths = (DEFAULT_PATH, policy_path(require_name(model)))
    read = {path: files.read(path) for path in paths}
    found = tuple(documents.parse(data, file=path) for path, data in read.items() if data is not None)
    if not found:
        raise InvalidInput(
            f"no policy for {model}: neither {paths[0]} nor {paths[1]} is there",
            hint=f"write {paths[0]}; `coronet schema policy` says what may stand in it",
        )
    return found


def effective_policy(layers: Sequence[Document], documents: Documents, *, trusted: str | None = None) -> Policy:
    """The policy that `layers` (widest first, at least one) make over the built-in defaults."""
    merged = merge_policies(DEFAULTS, *(layer.value for layer in layers if isinstance(layer.value, Mapping)))
    if trusted is None or digest_json(merged) != trusted:
        names = " and ".join(layer.file for layer in layers)
        findings = [finding for layer in layers for finding in documents.validate(layer, "policy_layer")]
        raise_findings(findings, f"{names} cannot be used as a policy")
        raise_findings(documents.validate(lay_over(layers, merged), "policy"), f"{names} make no whole policy")
    return policy_from_json(merged)
