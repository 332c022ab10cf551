"""What the check of a Word document says of it, as English."""

import pytest

from measures.word.faults import Fault, RefusedError
from measures.word.guard import check_document
from measures.word.package import TEMPLATE

pytestmark = pytest.mark.no_database


def faults_of(data: bytes) -> tuple[Fault, ...]:
    """What is wrong with it; a test fails if nothing is."""
    with pytest.raises(RefusedError) as caught:
        check_document(data, TEMPLATE)
    return caught.value.faults


def refused_words(data: bytes) -> str:
    """What is wrong with it, with the places, as English."""
    return "\n".join(
        f"{fault.place % fault.place_values if fault.place else ''} {fault.message % fault.values}".strip()
        for fault in faults_of(data)
    )


def accepted(data: bytes) -> None:
    check_document(data, TEMPLATE)
