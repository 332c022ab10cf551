"""The demo's evidence: files and a link of entries and of an application, one of them withdrawn."""

import hashlib
import io
from datetime import datetime, timedelta

from django.conf import settings

from measures.choices import Side
from measures.evidence.kinds import file_kind
from measures.models import Application, Checklist, Entry, Evidence, NewFile, add_evidence
from measures.reports.outline import Document, Text
from measures.reports.write_docx import package

AFTER = timedelta(minutes=10)
LINK = "https://www.example.org/tongzhi/2026-18.html"


def add_evidence_to_what_was_said(checklist: Checklist) -> None:
    """Of the newest entries three have a file each, one of them withdrawn; an application has two pieces."""
    of_units = Entry.objects.filter(item__checklist=checklist, side=Side.LEAD).exclude(progress="")
    entries = list(of_units.select_related("item__measure", "item__owner").order_by("-at", "-pk")[:3])
    added = [_add(entry, _document(entry.item.measure.title, entry.progress, entry.at)) for entry in entries]
    added[-1].withdraw(by=added[-1].by, at=added[-1].at + AFTER, reason="误传其他事项材料")
    asked = Application.objects.filter(item__checklist=checklist).pending().order_by("pk")
    for application in asked.select_related("item__measure", "item__owner")[:1]:
        _add(application, _text(f"{application.item.measure.title}\n{application.reason}\n"))
        _add(application, LINK)


def _add(to: Entry | Application, what: NewFile | str) -> Evidence:
    entry = to if isinstance(to, Entry) else None
    application = to if isinstance(to, Application) else None
    return add_evidence(
        to.item, what, side=Side.LEAD, by=to.by, at=to.at + AFTER, entry=entry, application=application
    )


def _document(title: str, said: str, at: datetime) -> NewFile:
    made = Document(
        title=title,
        subtitle=("工作记录（演示）",),
        language="zh-hans",
        author="",
        organisation="",
        made_at=at,
        generator=settings.GENERATOR,
    )
    made.add(*(Text(line) for line in said.splitlines()))
    return _file("工作记录.docx", package(made))


def _text(said: str) -> NewFile:
    return _file("情况说明.txt", said.encode())


def _file(name: str, content: bytes) -> NewFile:
    opened = io.BytesIO(content)
    kind = file_kind(opened)
    return NewFile(name, kind.media_type, len(content), hashlib.sha256(content).hexdigest(), opened)
