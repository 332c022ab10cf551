"""Every address of the site but the admin's. Nouns; linked by name only."""

from django.urls import include, path, register_converter

from measures.views.accounts import calendars, forgotten, invitation, reminders, sessions, sign_in, two_factor
from measures.views.accounts import password as accounts
from measures.views.batches import hand_over
from measures.views.batches import list as batches
from measures.views.below import (
    assignments,
    below,
    handing_down,
    rearrange,
)
from measures.views.below import (
    local as local_measures,
)
from measures.views.below import (
    sheet as below_sheet,
)
from measures.views.catalogues import articles, catalogues, new, outline, sentences, words
from measures.views.editions import mapping as mappings
from measures.views.editions import upgrade as editions
from measures.views.items import (
    applications,
    bulk,
    by_section,
    chasers,
    entries,
    evidence,
    item,
    milestones,
    receipts,
    saved_views,
    uploads,
    wordings,
)
from measures.views.items import list as items
from measures.views.people import leaving, mailed, members, people, requests
from measures.views.people import sheet as people_sheet
from measures.views.people import units as people_units
from measures.views.periods import compare as compare_reports
from measures.views.periods import periods
from measures.views.periods import steps as period_steps
from measures.views.report import bulletin, report
from measures.views.report import templates as report_templates
from measures.views.site import audit, doctor, help, home, overview, rules, search, site, styleguide
from measures.views.takeover import preview, taken
from measures.views.takeover import upload as ledgers
from measures.views.units import burden, units
from measures.views.units import report as units_report


class CodeConverter:
    """A measure's code. Nothing else reaches the database, which takes some characters from nobody."""

    regex = r"[^\W_][\w.\-·()（）]{0,23}(?:@[-a-zA-Z0-9_]+)?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CodeConverter, "code")

checklist = [
    path("", overview.overview, name="overview"),
    path("items/", items.items, name="items"),
    path("items/bulk/", bulk.bulk, name="bulk"),
    path("items/by-section/", by_section.by_section, name="by-section"),
    path("items/columns/", saved_views.columns, name="columns"),
    path("items/<code:code>/", item.item, name="item"),
    path("items/<code:code>/entries/", entries.write_entry, name="write-entry"),
    path("items/<code:code>/entries/<int:pk>/withdraw/", entries.withdraw_entry, name="withdraw-entry"),
    # deploy/nginx.conf lets larger bodies pass at this address alone.
    path("items/<code:code>/evidence/", evidence.receive_evidence, name="add-evidence"),
    path("items/<code:code>/evidence/<int:pk>/", evidence.evidence_file, name="evidence-file"),
    path(
        "items/<code:code>/evidence/<int:pk>/withdraw/", evidence.withdraw_evidence, name="withdraw-evidence"
    ),
    path("items/<code:code>/dossier/", evidence.dossier, name="dossier"),
    path("items/<code:code>/milestones/", milestones.add_milestone, name="add-milestone"),
    path(
        "items/<code:code>/milestones/<int:pk>/<slug:verb>/", milestones.step_milestone, name="step-milestone"
    ),
    path("items/<code:code>/confirm-wording/", wordings.confirm_new_wording, name="confirm-wording"),
    path("items/<code:code>/receipt/", receipts.confirm_item, name="confirm-item"),
    path("receipts/", receipts.confirm_all, name="confirm-all"),
    path("items/<code:code>/applications/", applications.ask, name="ask"),
    path("applications/", applications.applications, name="applications"),
    path("applications/decide/", applications.decide_many, name="decide-applications"),
    path("applications/<int:pk>/grant/", applications.grant_application, name="grant-application"),
    path("applications/<int:pk>/return/", applications.return_application, name="return-application"),
    path("applications/<int:pk>/withdraw/", applications.take_back_application, name="take-back-application"),
    path("burden/", burden.burden, name="burden"),
    path("chasers/", chasers.chasers, name="chasers"),
    path("chasers/new/", chasers.new_chasers, name="new-chasers"),
    path("chasers/<int:pk>/", chasers.chaser, name="chaser"),
    path("chasers/<int:pk>/notice/", chasers.notice, name="notice"),
    path("chasers/<int:pk>/read/", chasers.read_chaser, name="read-chaser"),
    path("chasers/<int:pk>/withdraw/", chasers.withdraw_chaser, name="withdraw-chaser"),
    path("settings/", rules.rules, name="rules"),
    path("upgrade/", editions.upgrade_page, name="upgrade"),
    path("upgrade/<slug:to>/", mappings.edition_mapping, name="edition-mapping"),
    path("people/", people.people, name="people"),
    path("people/sheet/", people_sheet.add_people, name="add-people"),
    path("people/sheet/<int:pk>/undo/", people_sheet.undo_people, name="undo-people"),
    path("people/units/", people.add_unit, name="add-unit"),
    path("people/units/<int:pk>/", people_units.change_unit, name="change-unit"),
    path("people/units/<int:pk>/remove/", people_units.remove_unit, name="remove-unit"),
    path("people/members/", people.add_member, name="add-member"),
    path("people/members/<int:pk>/", members.change_member, name="change-member"),
    path("people/members/<int:pk>/end/", members.end_member, name="end-member"),
    path("people/members/<int:pk>/link/", members.member_link, name="member-link"),
    path("people/members/<int:pk>/left/", leaving.member_left, name="member-left"),
    path("people/invitations/", people.invite, name="invite"),
    path("people/invitations/<int:pk>/withdraw/", members.withdraw_invitation, name="withdraw-invitation"),
    path("units/", units.units, name="units"),
    path("units/report/", units_report.units_report, name="units-report"),
    path("peers/", units.peers, name="peers"),
    path("items/<code:code>/hand-down/", handing_down.hand_down, name="hand-down"),
    path("assignments/", assignments.assignments, name="assignments"),
    path("assignments/<int:pk>/", handing_down.assignment, name="assignment"),
    path("assignments/<int:pk>/correct/", handing_down.correct_assignment, name="correct-assignment"),
    path("assignments/<int:pk>/withdraw/", handing_down.withdraw_assignment, name="withdraw-assignment"),
    path("assignments/<int:pk>/accept/", assignments.accept_assignment, name="accept-assignment"),
    path("assignments/<int:pk>/return/", assignments.return_assignment, name="return-assignment"),
    path("import/", uploads.upload, name="upload"),
    path("batches/", batches.batches, name="batches"),
    path("batches/<uuid:pk>/", batches.batch, name="batch"),
    path("batches/<uuid:pk>/undo/", batches.undo, name="undo"),
    path("below/", below.below, name="below"),
    path("below/open/", below.open_one, name="open-one"),
    path("below/sheet/", below_sheet.open_many, name="open-many"),
    path("below/sheet/start/", below.starting_sheet, name="starting-sheet"),
    path("below/<slug:unit>/rearrange/", rearrange.rearrange, name="rearrange"),
    path("local/", local_measures.local_measures, name="local-measures"),
    path("local/add/", local_measures.add_local_measure, name="add-local-measure"),
    path("local/<code:code>/correct/", local_measures.correct_local_measure, name="correct-local-measure"),
    path("ledger/", taken.taken_over, name="taken-over"),
    path("ledger/file/", taken.ledger_file, name="ledger-file"),
    path("ledger/undo/", taken.undo_taken_over, name="undo-taken-over"),
    path("hand-over/", hand_over.hand_over, name="hand-over"),
    path("views/", saved_views.saved_views, name="saved-views"),
    path("views/save/", saved_views.save_view, name="save-view"),
    path("views/default/", saved_views.set_default_view, name="default-view"),
    path("views/<int:pk>/delete/", saved_views.delete_view, name="delete-view"),
    path("report/", report.report, name="report"),
    path("bulletin/", bulletin.bulletin, name="bulletin"),
    path("periods/", periods.periods, name="periods"),
    path("periods/make/", periods.make_periods, name="make-periods"),
    path("periods/add/", periods.add_period, name="add-period"),
    path("periods/compare/", compare_reports.compare_reports, name="compare-reports"),
    path("periods/<int:pk>/", periods.period, name="period"),
    path("periods/<int:pk>/delete/", periods.delete_period, name="delete-period"),
    path("periods/<int:pk>/submit/", period_steps.submit, name="submit-period"),
    path("periods/<int:pk>/return/", period_steps.send_back, name="return-period"),
    path("periods/<int:pk>/accept/", period_steps.accept, name="accept-period"),
    path("periods/<int:pk>/reopen/", period_steps.reopen, name="reopen-period"),
    path("report/templates/", report_templates.report_templates, name="report-templates"),
    path("report/templates/start/", report_templates.starting_template, name="starting-template"),
    path("report/templates/<int:pk>/", report_templates.report_template, name="report-template"),
    path(
        "report/templates/<int:pk>/delete/",
        report_templates.delete_report_template,
        name="delete-report-template",
    ),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("checklists/", home.checklists, name="checklists"),
    path("checklists/<slug:slug>/", include(checklist)),
    path("catalogues/", catalogues.catalogues, name="catalogues"),
    path("catalogues/load/", catalogues.load_catalogue, name="load-catalogue"),
    path("catalogues/new/", new.new_catalogue, name="new-catalogue"),
    path("catalogues/article/", articles.article, name="article"),
    path("catalogues/sheet/", catalogues.empty_sheet, name="empty-catalogue"),
    path("catalogues/<slug:slug>/", catalogues.catalogue, name="catalogue"),
    path("catalogues/<slug:slug>/outline/", outline.outline, name="outline"),
    path("catalogues/<slug:slug>/sentences/", sentences.sentences, name="sentences"),
    path("catalogues/<slug:slug>/words/<slug:key>/", words.correct_words, name="correct-words"),
    path("catalogues/<slug:slug>/file/", catalogues.catalogue_file, name="catalogue-file"),
    path("catalogues/<slug:slug>/publish/", catalogues.publish_catalogue, name="publish-catalogue"),
    path("catalogues/<slug:slug>/delete/", catalogues.delete_catalogue, name="delete-catalogue"),
    path("takeover/", ledgers.take_over, name="take-over"),
    path("takeover/<int:pk>/", preview.takeover, name="takeover"),
    path("takeover/<int:pk>/discard/", preview.discard_takeover, name="discard-takeover"),
    path("search/", search.search, name="search"),
    path("audit/", audit.trail, name="audit"),
    path("doctor/", doctor.doctor, name="doctor"),
    path("help/", help.help_contents, name="help"),
    path("help/handbook/", help.handbook, name="handbook"),
    path("help/sign-in/", help.sign_in_help, name="sign-in-help"),
    path("help/<slug:slug>/", help.help_part, name="help-part"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/code/", sign_in.second_step, name="second-step"),
    path("sign-out/", accounts.sign_out, name="sign-out"),
    path("password/", accounts.password, name="password"),
    path("account/reminders/", reminders.reminders, name="reminders"),
    path("account/calendars/", calendars.make_calendar, name="make-calendar"),
    path("account/calendars/<int:pk>/end/", calendars.end_calendar, name="end-calendar"),
    # The access line keeps what is named "token" to itself.
    path("calendar/<str:token>/taizhang.ics", calendars.calendar, name="calendar"),
    path("account/sessions/", sessions.sessions, name="sessions"),
    path("account/sessions/end-others/", sessions.end_other_sessions, name="end-other-sessions"),
    path("account/sessions/<uuid:pk>/end/", sessions.end_session, name="end-session"),
    path("account/first-password/<str:key>/<str:token>/", accounts.first_password, name="first-password"),
    path("account/forgot-password/", forgotten.forgot_password, name="forgot-password"),
    path("account/invitation/<str:token>/", invitation.invitation, name="invitation"),
    path("account/invitations/mail/", mailed.mail_invitations, name="mail-invitations"),
    path("account/requests/", requests.account_requests, name="account-requests"),
    path("account/two-factor/", two_factor.two_factor, name="two-factor"),
    path("account/two-factor/begin/", two_factor.begin, name="begin-two-factor"),
    path("account/two-factor/picture/", two_factor.picture, name="two-factor-picture"),
    path("account/two-factor/confirm/", two_factor.confirm, name="confirm-two-factor"),
    path("account/two-factor/codes/", two_factor.new_codes, name="recovery-codes"),
    path("account/two-factor/end/", two_factor.end, name="end-two-factor"),
    path("language/", site.language, name="language"),
    path("theme/", site.theme, name="theme"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("alive/", site.alive, name="alive"),
    path("healthz", site.healthz, name="healthz"),
]
