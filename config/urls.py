"""The site's addresses: the app's, and Django's admin."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

# One door: the admin's sign-in page leads to the site's. Strangers come here, so it asks for no account.
sign_in = login_not_required(RedirectView.as_view(pattern_name="sign-in", query_string=True))

urlpatterns = [
    path("admin/login/", sign_in),
    path("admin/", admin.site.urls),
    path("", include("measures.urls")),
]
