"""Which models a change concerns: by the files that changed, and where each model's own files are."""

from collections.abc import Collection, Mapping, Sequence

from coronet.core.model_file import ModelFile, locate_beside

FOLDER = "models/"


def changed_models(
    models: Collection[str], data: Mapping[str, Collection[str]], *, changed: Sequence[str], deleted: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """The paths that concern each of `models`, for those that any concerns; `data` are files of a model elsewhere.

    A model's own are the files of its folder, and its data wherever they are. What lies below `models/`
    and belongs to none may be imported by each: it concerns all, unless it was deleted. Documents (`.md`)
    and policies change what is said and demanded, not what is trained.
    """
    found: dict[str, list[str]] = {model: [] for model in sorted(models)}
    for path in [*changed, *deleted]:
        for model in _concerned(path, models, data, is_gone=path in deleted):
            found[model].append(path)
    return {model: tuple(paths) for model, paths in found.items() if paths}


def data_paths(file: ModelFile) -> frozenset[str]:
    """Where in the repository the model's data are, as far as they are in it."""
    parts = (file.data.train, file.data.evaluation, file.data.reference)
    located = (locate_beside(file.name, part.path) for part in parts if part)
    return frozenset(path for path in located if path and "://" not in path)


def _concerned(
    path: str, models: Collection[str], data: Mapping[str, Collection[str]], *, is_gone: bool
) -> Collection[str]:
    if path.endswith(".md"):
        return ()
    owners = [model for model in models if path.startswith(f"{FOLDER}{model}/") or path in data.get(model, ())]
    if owners or is_gone or not path.startswith(FOLDER):
        return owners
    return models
