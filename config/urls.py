"""The site's addresses: the app's, and Django's admin."""

from django.contrib import admin
from django.urls import include, path

from measures.views import accounts

urlpatterns = [
    path("admin/login/", accounts.admin_sign_in),
    path("admin/", admin.site.urls),
    path("", include("measures.urls")),
]

# Refusals are kept in the audit trail, the admin's too.
handler403 = "measures.views.site.denied"
