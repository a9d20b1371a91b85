"""The files that `coronet init` begins with."""

from pathlib import Path

import coronet

_PACKAGE = Path(coronet.__file__).parent
# What this repository does itself it gives to others: in the package, or around it in a checkout.
_OWN = (_PACKAGE / "examples" / "github", _PACKAGE.parents[1] / ".github")
_GIVEN = {
    "workflows": (
        "check.yml",
        "promote.yml",
        "release.yml",
        "rollback.yml",
        "sweep.yml",
        "train-model.yml",
        "train.yml",
    ),
    "release": ("deploy.sh", "smoke.sh"),
}


class PackageTemplates:
    """The port `Templates`: texts of the package's folder `templates`, workflows and scripts of `.github`."""

    def read(self, name: str) -> str:
        return self._find(name).read_text(encoding="utf-8")

    def names(self, folder: str) -> tuple[str, ...]:
        return tuple(f"{folder}/{name}" for name in _GIVEN[folder] if self._find(f"{folder}/{name}").is_file())

    def _find(self, name: str) -> Path:
        if name.partition("/")[0] not in _GIVEN:
            return _PACKAGE / "templates" / name
        return next((root / name for root in _OWN if (root / name).is_file()), _OWN[0] / name)
