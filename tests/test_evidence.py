"""Evidence: units add files and links, readers of the item download them, and nothing is ever replaced."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.choices import ApplicationKind, Audited, ChecklistStatus, Role, Side
from measures.models import (
    Application,
    AuditRecord,
    Checklist,
    Evidence,
    EvidenceWithdrawal,
    Item,
    add_evidence,
)
from measures.models.audit import verify_chain
from measures.models.evidence import EVIDENCE_LIMIT
from tests.evidence_make import GOOD, HASH, PDF, send, stored
from tests.make import NOW, TODAY, SignIn, change, find_item, make_owner, make_user, write_entry
from tests.sheets import ENGLISH

ADDRESS = "/checklists/henan/items/1.1.1/"


@pytest.fixture(autouse=True)
def folder(evidence_folder: Path) -> Path:
    return evidence_folder


class TestAdding:
    def test_a_unit_adds_a_file_and_a_reader_downloads_the_very_same(
        self, given: Item, editor: User, viewer: User, sign_in: SignIn, folder: Path
    ) -> None:
        answer = send(sign_in(editor))

        kept = Evidence.objects.get()
        assert answer.headers["Location"] == f"{ADDRESS}#evidence"
        assert (kept.name, kept.size, kept.sha256) == ("纪要.pdf", len(PDF), HASH)
        assert (kept.media_type, kept.side, kept.by_name) == ("application/pdf", Side.LEAD, "editor")
        assert (folder / HASH[:2] / HASH).read_bytes() == PDF
        assert (folder / HASH[:2] / HASH).stat().st_mode & 0o077 == 0
        page = sign_in(viewer).get(ADDRESS, headers=ENGLISH).content.decode()
        assert "纪要.pdf" in page and HASH[:12] in page and "Add evidence" not in page  # noqa: PT018
        answer = sign_in(viewer).get(f"{ADDRESS}evidence/{kept.pk}/")
        assert answer.getvalue() == PDF

    def test_no_browser_runs_what_is_downloaded(self, given: Item, editor: User, sign_in: SignIn) -> None:
        send(sign_in(editor))

        answer = sign_in(editor).get(f"{ADDRESS}evidence/{Evidence.objects.get().pk}/")

        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        said = answer.headers["Content-Disposition"]
        assert said.startswith(f'attachment; filename="henan-1.1.1-{HASH[:12]}.pdf"; filename*=utf-8')
        assert answer.headers["Content-Length"] == str(len(PDF))
        assert "no-store" in answer.headers["Cache-Control"]

    def test_every_act_is_in_the_trail(self, given: Item, editor: User, sign_in: SignIn) -> None:
        send(sign_in(editor))
        kept = Evidence.objects.get()
        sign_in(editor).get(f"{ADDRESS}evidence/{kept.pk}/")
        sign_in(editor).post(f"{ADDRESS}evidence/{kept.pk}/withdraw/", {"reason": "误传"})

        records = list(AuditRecord.objects.filter(action__startswith="evidence").order_by("pk"))
        assert [one.action for one in records] == [
            Audited.EVIDENCE_ADDED,
            Audited.EVIDENCE_READ,
            Audited.EVIDENCE_WITHDRAWN,
        ]
        assert all(HASH in one.before + one.after for one in records)
        assert not verify_chain().broken

    def test_a_link_is_kept_as_text_and_only_the_web_is_linked_to(
        self, given: Item, editor: User, sign_in: SignIn
    ) -> None:
        client = sign_in(editor)
        for link in ("https://example.org/纪要", "http://10.1.2.3/a?b=1"):
            assert send(client, "", link=link).status_code == 302

            assert Evidence.objects.first().link == link  # type: ignore[union-attr]
            assert f'href="{link}"' in client.get(ADDRESS).content.decode()
        for link in (
            *("javascript:alert(1)", "data:text/html,x", "ftp://example.org", "//example.org", "example.org"),
            *("https://", "https://a b", "https://[", "https://u:p@example.org", "https://x/" + "a" * 2000),
        ):
            answer = send(client, "", link=link)

            assert answer.status_code == 422, link
            assert answer.context["evidence_form"].errors["link"]
            assert answer.context["evidence_form"]["link"].value() == link
        assert Evidence.objects.count() == 2

    def test_each_kind_is_told_by_its_content(self, given: Item, editor: User, sign_in: SignIn) -> None:
        for name, content in GOOD.items():
            assert send(sign_in(editor), name, content).status_code == 302, name

    def test_the_same_content_is_stored_once(
        self, given: Item, editor: User, sign_in: SignIn, folder: Path
    ) -> None:
        send(sign_in(editor))
        send(sign_in(editor), "又一份.pdf")

        assert Evidence.objects.count() == 2
        assert stored(folder) == [HASH]

    def test_it_belongs_to_an_entry_or_to_an_application(
        self, given: Item, editor: User, sign_in: SignIn
    ) -> None:
        entry = write_entry(given, editor, progress="印发方案")
        asked = Application.ask(given, ApplicationKind.CLOSE, side=Side.LEAD, by=editor, at=NOW, reason="x")

        assert send(sign_in(editor), entry=entry.pk).status_code == 302
        assert send(sign_in(editor), application=asked.pk).status_code == 302
        assert send(sign_in(editor), entry=entry.pk, application=asked.pk).status_code == 422
        assert send(sign_in(editor), entry=entry.pk + 1).status_code == 422

        assert {(one.entry, one.application) for one in Evidence.objects.all()} == {
            (entry, None),
            (None, asked),
        }

    def test_a_cooperating_unit_adds_to_its_own_entries_alone(
        self, given: Item, editor: User, administrator: User, checklist: Checklist, sign_in: SignIn
    ) -> None:
        helper = make_owner(checklist, "财政处")
        change(given, by=administrator, cooperating=(helper,))
        friend = make_user("friend", checklist, Role.EDITOR, helper)
        theirs = write_entry(given, editor, progress="印发方案")

        assert send(sign_in(friend)).status_code == 302
        assert send(sign_in(friend), entry=theirs.pk).status_code == 422

        kept = Evidence.objects.get()
        assert (kept.unit, kept.side) == (helper, Side.COOPERATING)

    def test_an_entry_takes_ten_pieces_and_no_more(self, given: Item, editor: User, sign_in: SignIn) -> None:
        entry = write_entry(given, editor, progress="印发方案")
        for number in range(EVIDENCE_LIMIT):
            add_evidence(given, f"https://x/{number}", side=Side.LEAD, by=editor, at=NOW, entry=entry)

        answer = send(sign_in(editor), entry=entry.pk)
        assert answer.status_code == 422
        assert "already 10 pieces" in answer.content.decode()
        Evidence.objects.all()[0].withdraw(by=editor, at=NOW, reason="x")
        assert send(sign_in(editor), entry=entry.pk).status_code == 302

    def test_neither_or_both_is_refused(self, given: Item, editor: User, sign_in: SignIn) -> None:
        assert "Choose a file, or enter a link" in send(sign_in(editor), "").content.decode()
        assert "not both" in send(sign_in(editor), link="https://x").content.decode()

    def test_silence_and_version_stay_as_they_are(self, given: Item, editor: User, sign_in: SignIn) -> None:
        before = find_item(given.checklist)

        send(sign_in(editor))

        after = find_item(given.checklist)
        assert (after.version, after.silent_since) == (before.version, before.silent_since)

    def test_the_form_warns_and_offers_what_is_accepted(
        self, given: Item, editor: User, sign_in: SignIn
    ) -> None:
        page = sign_in(editor).get(ADDRESS, headers={"Accept-Language": "zh-hans"}).content.decode()

        assert "不得上传涉密和敏感个人信息" in page
        assert 'accept=".pdf,.docx,.xlsx,.pptx,.ofd,.jpg,.jpeg,.png,.txt"' in page


class TestRights:
    def test_who_may_not_write_entries_adds_nothing(
        self, given: Item, viewer: User, auditor: User, editor: User, checklist: Checklist, sign_in: SignIn
    ) -> None:
        other = make_user("other", checklist, Role.EDITOR, make_owner(checklist, "干部二处"))
        for user in (viewer, auditor, other):
            assert send(sign_in(user)).status_code == 403
        checklist.turn(ChecklistStatus.CLOSED, at=NOW, by=viewer, reason="x")
        assert send(sign_in(editor)).status_code == 403
        assert not Evidence.objects.exists()

    def test_evidence_of_another_item_or_checklist_is_not_there(
        self, given: Item, editor: User, stranger: User, elsewhere: Checklist, sign_in: SignIn
    ) -> None:
        send(sign_in(editor))
        key = Evidence.objects.get().pk

        for address in (
            f"/checklists/henan/items/1.1.2/evidence/{key}/",
            f"/checklists/henan/items/1.1.1/evidence/{key + 1}/",
            f"/checklists/henan/items/1.1.1/evidence/{'9' * 40}/",
        ):
            assert sign_in(editor).get(address).status_code == 404
            assert sign_in(editor).post(f"{address}withdraw/", {"reason": "x"}).status_code == 404
        for address in (
            f"/checklists/henan/items/1.1.1/evidence/{key}/",
            f"/checklists/elsewhere/items/1.1.1/evidence/{key}/",
        ):
            assert sign_in(stranger).get(address).status_code == 404
            assert sign_in(stranger).post(f"{address}withdraw/", {"reason": "x"}).status_code == 404
        assert Client().get(f"{ADDRESS}evidence/{key}/").status_code == 302
        assert not EvidenceWithdrawal.objects.exists()

    def test_a_link_has_nothing_to_download(self, given: Item, editor: User, sign_in: SignIn) -> None:
        send(sign_in(editor), "", link="https://example.org")

        assert sign_in(editor).get(f"{ADDRESS}evidence/{Evidence.objects.get().pk}/").status_code == 404


class TestWithdrawing:
    def test_its_author_or_the_office_withdraws_it_with_a_reason(
        self, given: Item, editor: User, viewer: User, administrator: User, sign_in: SignIn
    ) -> None:
        send(sign_in(editor))
        address = f"{ADDRESS}evidence/{Evidence.objects.get().pk}/withdraw/"

        assert sign_in(viewer).post(address, {"reason": "x"}).status_code == 403
        assert sign_in(editor).post(address, {"reason": " "}).status_code == 422
        assert sign_in(administrator).post(address, {"reason": "误传"}).status_code == 302
        sign_in(editor).post(address, {"reason": "again"})

        assert EvidenceWithdrawal.objects.get().reason == "误传"
        page = sign_in(viewer).get(ADDRESS, headers=ENGLISH).content.decode()
        assert "withdrawn" in page and "误传" in page and "纪要.pdf" in page  # noqa: PT018

    def test_past_days_show_it_as_it_was(
        self, given: Item, editor: User, sign_in: SignIn, clock: Any
    ) -> None:
        clock.shift(timedelta(1))
        send(sign_in(editor))
        clock.shift(timedelta(2))
        Evidence.objects.get().withdraw(by=editor, at=NOW + timedelta(3), reason="误传")
        client = sign_in(editor)

        shown = {
            days: client.get(f"{ADDRESS}?as_of={TODAY + timedelta(days)}").context["evidence"].shown
            for days in (0, 1, 2)
        }

        assert shown[0] == []
        assert shown[1][0].withdrawal is None
        assert not shown[2][0].may_withdraw
        assert client.get(ADDRESS).context["evidence"].shown[0].withdrawal.reason == "误传"
