"""Receives a file of evidence: on disk without a name, hashed while it comes, up to the limit."""

import hashlib
import tempfile
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers
from django.urls import Resolver404, resolve

from measures.evidence.kinds import LARGEST_FILE

ADDRESS = "add-evidence"


class ReceivedFile(UploadedFile):  # type: ignore[type-arg]  # generic for mypy alone
    """A file with its hash. `failed` says why it could not be written down; then it is not whole."""

    sha256 = ""
    failed: OSError | None = None


class EvidenceFile(FileUploadHandler):
    """Takes files that are sent to the address for evidence, and leaves all others to the next handler.

    The file that it writes has no name, so it is gone when the request ends, however that is. Bytes over the
    limit are counted and discarded, of all files of the request together.
    """

    active = False
    kept = 0

    def handle_raw_input(self, *args: object, **kwargs: object) -> None:
        assert self.request is not None
        try:
            self.active = resolve(self.request.path_info).url_name == ADDRESS
        except Resolver404:
            self.active = False

    def new_file(  # noqa: PLR0917 - as Django calls it
        self,
        field_name: str,
        file_name: str,
        content_type: str,
        content_length: int | None,
        charset: str | None = None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        super().new_file(field_name, file_name, content_type, content_length, charset, content_type_extra)
        if not self.active:
            return
        self.failed: OSError | None = None
        self.digest = hashlib.sha256()
        self.out: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the request
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if not self.active:
            return raw_data
        self.kept += len(raw_data)
        if self.kept <= LARGEST_FILE and self.failed is None:
            self.digest.update(raw_data)
            try:
                self.out.write(raw_data)
            except OSError as error:  # the disk is full: the form says so
                self.failed = error
        return None

    def file_complete(self, file_size: int) -> ReceivedFile | None:
        if not self.active:
            return None
        try:
            self.out.flush()
        except OSError as error:
            self.failed = error
        received = ReceivedFile(self.out, self.file_name, self.content_type, file_size, self.charset)
        received.sha256, received.failed = self.digest.hexdigest(), self.failed
        return received
