"""What this package asks of the elements of lxml, which comes without types."""

from collections.abc import Iterator, Mapping
from typing import Protocol


class Element(Protocol):
    """An element; lxml's comments and processing instructions have a function as their `tag`."""

    tag: object
    text: str | None
    target: str  # of a processing instruction only

    @property
    def attrib(self) -> Mapping[str, str]: ...

    def __len__(self) -> int: ...

    def iter(self, *tags: object) -> Iterator["Element"]: ...

    def iterchildren(self) -> Iterator["Element"]: ...

    def iterancestors(self, *tags: object) -> Iterator["Element"]: ...

    def itersiblings(self, *, preceding: bool = False) -> Iterator["Element"]: ...

    def getroottree(self) -> "Tree": ...


class Tree(Protocol):
    """The document that an element belongs to."""

    @property
    def docinfo(self) -> "DocumentInfo": ...

    def getroot(self) -> Element: ...


class DocumentInfo(Protocol):
    encoding: str | None
    internalDTD: object
