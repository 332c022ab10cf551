"""The dossier of one item (归档) as a ZIP file: a document of all that was written about it, and its files.

It is made while it is sent: no more than a block of one file is in memory. The last member lists the SHA-256
of every other one, as `sha256sum --check` reads it.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from measures.evidence import store
from measures.ledger.dossier_document import DossierDocument
from measures.ledger.evidence import ShownEvidence, evidence_of
from measures.models import Evidence, Item
from measures.reports.write_docx import package

if TYPE_CHECKING:
    from django.core.files import File

DOCUMENT, MANIFEST = "dossier.docx", "sha256sums.txt"
FOLDER, FOLDER_OF_WITHDRAWN = "evidence", "withdrawn"
STEM_LIMIT = 80  # characters of a file's name: Windows has a limit of 260 for a whole path
UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')  # on Windows


class _Unsent:
    """The end of the ZIP file that `zipfile` has written and nobody has received."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is written anywhere."""

    def take(self) -> bytes:
        taken = b"".join(self.parts)
        self.parts.clear()
        return taken


class Dossier:
    """All of one item, as the database has it now. `stream` reads the files of evidence alone."""

    def __init__(self, item: Item, *, language: str, made_by: str, made_at: datetime) -> None:
        shown = sorted(evidence_of(item, everything=True).shown, key=lambda one: one.evidence.pk)
        self.language, self.made_at = language, made_at
        self.evidence = [one.evidence for one in shown if one.evidence.is_file]
        self.names = names_in_zip(shown)
        self.document = DossierDocument(item, shown, made_by=made_by, made_at=made_at)
        self.hashes: list[str] = []
        self.absent: dict[int, str] = {}

    @property
    def file_names(self) -> list[str]:
        """The files of evidence that it has or should have."""
        return [one.name for one in self.evidence]

    def stream(self) -> Iterator[bytes]:
        """The ZIP file, part by part."""
        unsent = _Unsent()
        with zipfile.ZipFile(unsent, "w") as archive:  # type: ignore[call-overload]  # needs no more
            for one in self.evidence:
                file = None if one.removed_at else store.read_unchanged(one.sha256)
                if file is None:
                    self._note_absent(one)
                    continue
                with file:
                    for _block in self._add(archive, self.names[one.pk], file):
                        yield unsent.take()
            with override(self.language):
                document = package(self.document.build(self.names, self.absent))
            self._add_text(archive, DOCUMENT, document)
            self._add_text(archive, MANIFEST, "".join(f"{line}\n" for line in self.hashes).encode())
        yield unsent.take()

    def _note_absent(self, evidence: Evidence) -> None:
        """In the manifest as well, where `sha256sum` skips the line."""
        with override(self.language):
            why = _("destroyed") if evidence.removed_at else _("missing or damaged")
        self.absent[evidence.pk] = why
        self.hashes.append(f"# {why}: {evidence.sha256}  {self.names[evidence.pk]}")

    def _add(self, archive: zipfile.ZipFile, name: str, file: "File[bytes]") -> Iterator[None]:
        """Write the file; stop after each block of it. Evidence is compressed already, or small."""
        digest = hashlib.sha256()
        with archive.open(self._member(name, zipfile.ZIP_STORED), "w") as out:
            while block := file.read(store.BLOCK):
                digest.update(block)
                out.write(block)
                yield
        self.hashes.append(f"{digest.hexdigest()}  {name}")

    def _add_text(self, archive: zipfile.ZipFile, name: str, content: bytes) -> None:
        archive.writestr(self._member(name, zipfile.ZIP_DEFLATED), content)
        self.hashes.append(f"{hashlib.sha256(content).hexdigest()}  {name}")

    def _member(self, name: str, compression: int) -> zipfile.ZipInfo:
        at = timezone.localtime(self.made_at)
        member = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
        member.compress_type = compression
        return member


def names_in_zip(shown: Sequence[ShownEvidence]) -> dict[int, str]:
    """By its key, the name of each file of evidence in the ZIP file: numbered, and fit for Windows."""
    names = {}
    for number, one in enumerate((one for one in shown if one.evidence.is_file), 1):
        folder = FOLDER_OF_WITHDRAWN if one.withdrawal else FOLDER
        stem, _dot, suffix = UNSAFE.sub("_", one.evidence.name).rpartition(".")
        names[one.evidence.pk] = f"{folder}/{number:03}-{stem[:STEM_LIMIT].strip(' .')}.{suffix}"
    return names
