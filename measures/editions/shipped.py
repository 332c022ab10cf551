"""The editions of the Henan catalogue that come with the app, and the mappings between them."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from measures.editions.mapping import MappingIncomplete
from measures.editions.mapping_file import MappingFile, load_mapping
from measures.models import Catalogue

NEWEST = "henan-cadres-2"  # fixtures/catalogue.json
FIXTURES = Path(settings.BASE_DIR) / "fixtures"


def load_shipped(*, at: datetime, earlier: tuple[str, ...] = ()) -> list[str]:
    """Load the newest edition, beside the earlier ones that the database has, and the mappings between them.

    No checklist changes its edition. `earlier`: slugs of older editions to load in any case. Returns a
    sentence for each mapping that does not fit, because somebody has changed an edition here.
    """
    older = {path.stem for path in (FIXTURES / "editions").glob("*.json")}
    there = Catalogue.objects.filter(slug__in=older).values_list("slug", flat=True)
    labels = [f"editions/{slug}" for slug in sorted({*there, *earlier})]
    call_command("loaddata", *labels, "catalogue", verbosity=0)
    refused = []
    for path in sorted((FIXTURES / "mappings").glob("*.json")):
        file = MappingFile.read(path)
        if Catalogue.objects.filter(slug__in=(file.old, file.new), is_draft=False).count() < 2:
            continue
        try:
            load_mapping(file, at=at)
        except MappingIncomplete as incomplete:
            refused.append(f"{file.old} → {file.new}: {incomplete}")
    return refused
