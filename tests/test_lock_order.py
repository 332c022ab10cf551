"""Every transaction that audits locks in the one order: each kind of act is done here under the check."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import Settings

from measures.choices import Audited, Cadence, PeriodKind, Via
from measures.database.backups import Restored
from measures.editions.confirming import confirm_wording
from measures.editions.undoing import undo_upgrade
from measures.editions.upgrading import upgrade
from measures.management.commands import backup
from measures.models import (
    AuditRecord,
    CalendarAddress,
    Checklist,
    Item,
    Owner,
    Period,
    Section,
    Wording,
    add_measure,
    change_items,
    correct_measure,
    open_together,
)
from measures.models.audit import verify_chain
from measures.models.changes import Change
from measures.reports.start_template import start_template
from tests.invitations import invite_and_end
from tests.loop_acts import (
    add_and_withdraw_evidence,
    answer_below,
    ask_and_decide,
    chase,
    confirm_receipt,
    correct_and_withdraw,
    hand_down,
    report_progress,
    set_a_milestone,
)
from tests.make import NOW, PASSWORD, SignIn, change, code_of, find_item, make_checklist, make_periods
from tests.outline_make import edit_a_draft
from tests.takeover.office import take_over_and_undo
from tests.upgrades.make import make_mapping, make_next_edition

pytestmark = pytest.mark.slow


@dataclass
class World:
    """Who acts, and on what."""

    checklist: Checklist
    below: Checklist
    administrator: User
    viewer: User
    page: Client
    root: Client
    folder: Path


@pytest.fixture
def world(
    checklist: Checklist,
    administrator: User,
    viewer: User,
    sign_in: SignIn,
    settings: Settings,
    tmp_path: Path,
) -> World:
    settings.DATA_DIR = tmp_path
    settings.AUDIT_DAYS = 183
    root = sign_in(User.objects.create_superuser("root"))
    below = make_checklist("below", "下面", parent=checklist)
    return World(checklist, below, administrator, viewer, sign_in(administrator), root, tmp_path)


def change_two(world: World) -> None:
    changes = [Change(item.pk, 1, {"notes": "x"}) for item in Item.objects.filter(checklist=world.checklist)]
    change_items(changes, by=world.administrator, at=NOW, via=Via.BULK)


def open_two(world: World) -> None:
    new = [Checklist(slug=slug, name=slug) for slug in ("one", "two")]
    open_together(new, top=world.checklist, at=NOW, by=world.administrator)


def add_one(world: World) -> None:
    section = Section.objects.get(code="1.1")
    by = world.administrator
    item = add_measure(world.checklist, section, title="x", detail="x", cadence=Cadence.ONCE, at=NOW, by=by)
    seen = Wording.of(item.measure).digest
    correct_measure(item, Wording("y", "y", Cadence.ONCE), seen=seen, at=NOW, by=by)


def save_views(world: World) -> None:
    page = "/checklists/henan/views/"
    world.page.post(f"{page}save/", {"name": "甲", "query": "", "is_default": "on"})
    world.page.post(f"{page}save/", {"name": "乙", "query": "", "is_default": "on"})
    world.page.post(f"{page}default/", {"view": str(world.checklist.saved_views.get(name="甲").pk)})


def change_a_user(world: World) -> None:
    world.root.post("/admin/auth/user/add/", {"username": "li"})
    made = User.objects.get(username="li")
    joined = {"date_joined_0": "2026-11-24", "date_joined_1": "09:30:00"}
    world.root.post(f"/admin/auth/user/{made.pk}/change/", joined | {"username": "li", "last_name": "李"})
    assert User.objects.get(username="li").last_name == "李"
    call_command("axes_reset", stdout=io.StringIO())


def change_a_membership(world: World) -> None:
    held = world.viewer.memberships.get()
    sent = {"role": "auditor", "owner": ""}
    world.root.post(f"/admin/measures/membership/{held.pk}/change/", sent)
    chosen = {"action": "delete_selected", "_selected_action": [held.pk], "post": "yes"}
    world.root.post("/admin/measures/membership/", chosen)


def change_passwords(world: World) -> None:
    new = "jin-zhan-bao-gao-26"
    told = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    world.page.post("/password/", told)
    given = {"password1": new, "password2": new, "usable_password": "true"}
    world.root.post(f"/admin/auth/user/{world.viewer.pk}/password/", given)


def give_a_link(world: World) -> None:
    link = world.root.post(f"/admin/auth/user/{world.viewer.pk}/link/").context["link"]
    new = "jin-zhan-bao-gao-26"
    Client().post(link.partition("testserver")[2], {"new_password1": new, "new_password2": new})


def end_sessions(world: World) -> None:
    Client().force_login(world.administrator)
    world.page.post("/account/sessions/end-others/")


def sign_in_and_out(world: World) -> None:
    client = Client()
    client.post("/sign-in/", {"username": "viewer", "password": "wrong"})
    client.post("/sign-in/", {"username": "viewer", "password": PASSWORD})
    client.post("/sign-out/")


def take_a_periods_steps(world: World) -> None:
    yesterday = timezone.localdate() - timedelta(1)
    (period,) = make_periods(world.checklist, PeriodKind.BY_HAND, [(yesterday, yesterday)])
    for step, verb in enumerate(("submit", "return", "submit", "accept", "reopen")):
        sent = {"step": step, "remark": "x"}
        world.page.post(f"/checklists/henan/periods/{period.pk}/{verb}/", sent)
    assert Period.objects.get().step == 5


def keep_a_template(world: World) -> None:
    file = SimpleUploadedFile("a.docx", start_template())
    world.page.post("/checklists/henan/report/templates/", {"name": "x", "upload": file})
    kept = world.checklist.report_templates.get()
    world.page.post(f"/checklists/henan/report/templates/{kept.pk}/delete/")


def change_the_tree(world: World) -> None:
    world.below.move(None, at=NOW)
    sent = {"name": "x", "status": "closed", "reason": "x"}
    world.root.post(f"/admin/measures/checklist/{world.below.pk}/change/", sent)


def change_owners(world: World) -> None:
    world.root.post("/admin/measures/owner/add/", {"checklist": world.checklist.pk, "name": "甲"})
    owner = Owner.objects.get()
    world.root.post(f"/admin/measures/owner/{owner.pk}/change/", {"name": "乙"})
    world.root.post(f"/admin/measures/owner/{owner.pk}/delete/", {"post": "yes"})


def guess_until_locked_out(world: World) -> None:
    told = {"old_password": "wrong", "new_password1": "x", "new_password2": "x"}
    with override_settings(AXES_ENABLED=True):
        for _try in range(6):
            world.page.post("/password/", told)


def purge(world: World) -> None:
    with mock.patch("django.utils.timezone.now", return_value=NOW + timedelta(400)):
        call_command("purge_audit", stdout=io.StringIO())


def put_a_backup_back(world: World) -> None:
    module = "measures.management.commands.restore"
    with (
        mock.patch(f"{module}.put_back", return_value=Restored("kept", "", version="")),
        mock.patch("measures.database.backups.on_postgresql.is_in_use", return_value=False),
        mock.patch(f"{module}.call_command"),
        mock.patch(f"{module}.guards.remove_what_runs", return_value=[]),
        mock.patch(f"{module}.guards.reinstall", return_value=[]),
    ):
        call_command("restore", "x.zip", stdout=io.StringIO())


def set_up_a_phone(world: World) -> None:
    world.page.post("/account/two-factor/begin/")
    sent = {"code": code_of(world.administrator), "password": PASSWORD}
    codes = world.page.post("/account/two-factor/confirm/", sent).context["codes"]
    world.page.post("/account/two-factor/codes/", {"code": codes[0]})
    world.root.post(f"/admin/auth/user/{world.administrator.pk}/no-second-factor/")


def upgrade_and_confirm(world: World) -> None:
    by = world.administrator
    mapping = make_mapping(world.checklist.catalogue, make_next_edition(), by)
    edition = upgrade(world.checklist, mapping, by=by, at=timezone.now())
    confirm_wording(find_item(world.checklist, "1.2.1"), by=by, at=timezone.now())
    undo_upgrade(edition, by=by, at=timezone.now())


ACTS: dict[Audited, Callable[[World], object]] = {
    Audited.ITEM_CHANGED: lambda world: change(find_item(world.checklist), by=world.administrator, notes="x"),
    Audited.BATCH_CHANGED: change_two,
    Audited.CHECKLIST_OPENED: lambda world: make_checklist("another", "另一", world.checklist.catalogue),
    Audited.CHECKLISTS_OPENED: open_two,
    Audited.CHECKLIST_CHANGED: change_the_tree,
    Audited.MEASURE_ADDED: add_one,
    Audited.MEASURE_CORRECTED: add_one,
    Audited.OWNER_CHANGED: change_owners,
    Audited.MEMBERSHIP_CHANGED: change_a_membership,
    Audited.INVITED: invite_and_end,
    Audited.VIEW_CHANGED: save_views,
    Audited.CALENDAR_ADDRESS: lambda world: CalendarAddress.make(world.viewer, None, at=NOW),
    Audited.USER_CHANGED: change_a_user,
    Audited.PASSWORD_CHANGED: change_passwords,
    Audited.LINK_GIVEN: give_a_link,
    Audited.SECOND_FACTOR: set_up_a_phone,
    Audited.SESSIONS_ENDED: end_sessions,
    Audited.CATALOGUE_LOADED: lambda world: call_command("loaddata", "catalogue", verbosity=0),
    Audited.CATALOGUE_EDITED: lambda world: edit_a_draft(world.checklist.catalogue, world.administrator),
    Audited.TAKEN_OVER: lambda world: take_over_and_undo(),
    Audited.TAKEOVER_UNDONE: lambda world: take_over_and_undo(),
    Audited.EDITIONS_MAPPED: upgrade_and_confirm,
    Audited.UPGRADED: upgrade_and_confirm,
    Audited.WORDING_CONFIRMED: upgrade_and_confirm,
    Audited.SIGNED_IN: sign_in_and_out,
    Audited.SIGN_IN_FAILED: sign_in_and_out,
    Audited.WRONG_SECRET: guess_until_locked_out,
    Audited.LOCKED_OUT: guess_until_locked_out,
    Audited.SIGNED_OUT: sign_in_and_out,
    Audited.ENTRY_WRITTEN: report_progress,
    Audited.ENTRY_WITHDRAWN: report_progress,
    Audited.EVIDENCE_ADDED: add_and_withdraw_evidence,
    Audited.EVIDENCE_READ: add_and_withdraw_evidence,
    Audited.EVIDENCE_WITHDRAWN: add_and_withdraw_evidence,
    Audited.EVIDENCE_REMOVED: add_and_withdraw_evidence,
    Audited.ASKED: ask_and_decide,
    Audited.DECIDED: ask_and_decide,
    Audited.MILESTONE_ADDED: set_a_milestone,
    Audited.MILESTONE_CHANGED: set_a_milestone,
    Audited.CHASED: chase,
    Audited.CHASER_READ: chase,
    Audited.CHASER_WITHDRAWN: chase,
    Audited.RECEIPT_CONFIRMED: confirm_receipt,
    Audited.RULES_CHANGED: ask_and_decide,
    Audited.PERIOD_STEP: take_a_periods_steps,
    Audited.HANDED_DOWN: hand_down,
    Audited.ANSWERED: answer_below,
    Audited.ASSIGNMENT_CORRECTED: correct_and_withdraw,
    Audited.ASSIGNMENT_WITHDRAWN: correct_and_withdraw,
    Audited.TEMPLATE_CHANGED: keep_a_template,
    Audited.DENIED: lambda world: world.page.get("/audit/"),
    Audited.EXPORTED: lambda world: world.page.get("/checklists/henan/report/?format=csv"),
    Audited.AUDIT_READ: lambda world: world.root.get("/audit/"),
    Audited.AUDIT_EXPORTED: lambda world: world.root.get("/audit/?format=csv"),
    Audited.AUDIT_PURGED: purge,
    Audited.BACKED_UP: lambda world: backup.Command().record(world.folder, {"rows": 1}),
    Audited.RESTORED: put_a_backup_back,
    Audited.DAY_CHANGED: lambda world: call_command("load_holidays", verbosity=0),
}


@pytest.mark.parametrize("action", Audited)
def test_every_act_that_is_audited_locks_in_the_order(world: World, action: Audited) -> None:
    ACTS[action](world)

    assert AuditRecord.objects.filter(action=action).exists()
    assert verify_chain().broken is None
