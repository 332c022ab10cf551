"""The release that is running. pyproject.toml says which; an installed wheel knows it from its metadata."""

import tomllib
from importlib import metadata
from pathlib import Path


def read_version(project: Path) -> str:
    """Return the version, such as 0.1.0, of the checkout in this folder.

    If it has no pyproject.toml, return the version of the installed package instead. Raise
    PackageNotFoundError if there is none.
    """
    file = project / "pyproject.toml"
    if not file.is_file():
        return metadata.version("taizhang")
    version: str = tomllib.loads(file.read_text("utf-8"))["project"]["version"]
    return version
