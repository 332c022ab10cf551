"""The site's addresses, and those of its peers."""

from django.urls import include, path

from bench import list_peers, table_peers

urlpatterns = [
    path("peers/admin/", list_peers.site.urls),
    path("peers/edit/", list_peers.edit_site.urls),
    path("peers/tables/", table_peers.tables),
    path("peers/floor/", list_peers.floor),
    path("peers/floor.csv", table_peers.floor_csv),
    path("peers/import-export.csv", table_peers.import_export_csv),
    path("", include("config.urls")),
]
