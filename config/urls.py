"""The site's addresses: the app's, and Django's admin."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from measures.views.accounts import password as accounts
from measures.views.site import site

urlpatterns = [
    path("admin/login/", accounts.admin_sign_in),
    # One page for one's own password: its rules and its record in the audit trail are in one place.
    path("admin/password_change/", RedirectView.as_view(pattern_name="password"), name="admin-password"),
    path("admin/r/<path:key>", site.nowhere, name="admin-shortcut"),
    path("admin/", site.admin_home),
    path("admin/", admin.site.urls),
    path("", include("measures.urls")),
]

handler400 = "measures.errors.problems.bad_request"
handler500 = "measures.views.site.site.broken"
# Refusals are kept in the audit trail, the admin's too.
handler403 = "measures.views.site.site.denied"
