"""Every address of the site but the admin's. Nouns; linked by name only."""

from django.urls import include, path

from measures.views import (
    accounts,
    batches,
    bulk,
    hand_over,
    home,
    item,
    items,
    overview,
    report,
    saved_views,
    sessions,
    sign_in,
    site,
    two_factor,
)

checklist = [
    path("", overview.overview, name="overview"),
    path("items/", items.items, name="items"),
    path("items/bulk/", bulk.bulk, name="bulk"),
    path("items/columns/", saved_views.columns, name="columns"),
    path("items/<str:code>/", item.item, name="item"),
    path("batches/", batches.batches, name="batches"),
    path("batches/<uuid:pk>/", batches.batch, name="batch"),
    path("batches/<uuid:pk>/undo/", batches.undo, name="undo"),
    path("hand-over/", hand_over.hand_over, name="hand-over"),
    path("views/", saved_views.saved_views, name="saved-views"),
    path("views/save/", saved_views.save_view, name="save-view"),
    path("views/default/", saved_views.default_view, name="default-view"),
    path("views/<int:pk>/delete/", saved_views.delete_view, name="delete-view"),
    path("report/", report.report, name="report"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("checklists/", home.checklists, name="checklists"),
    path("checklists/<slug:slug>/", include(checklist)),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/code/", sign_in.second_step, name="second-step"),
    path("sign-out/", accounts.sign_out, name="sign-out"),
    path("password/", accounts.password, name="password"),
    path("account/sessions/", sessions.sessions, name="sessions"),
    path("account/sessions/end-others/", sessions.end_other_sessions, name="end-other-sessions"),
    path("account/sessions/<uuid:pk>/end/", sessions.end_session, name="end-session"),
    path("account/first-password/<str:key>/<str:token>/", accounts.first_password, name="first-password"),
    path("account/two-factor/", two_factor.two_factor, name="two-factor"),
    path("account/two-factor/begin/", two_factor.begin, name="begin-two-factor"),
    path("account/two-factor/picture/", two_factor.picture, name="two-factor-picture"),
    path("account/two-factor/confirm/", two_factor.confirm, name="confirm-two-factor"),
    path("account/two-factor/codes/", two_factor.new_codes, name="recovery-codes"),
    path("account/two-factor/end/", two_factor.end, name="end-two-factor"),
    path("language/", site.language, name="language"),
    path("theme/", site.theme, name="theme"),
    path("healthz", site.healthz, name="healthz"),
]
