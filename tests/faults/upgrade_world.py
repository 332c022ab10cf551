"""Gives a live site three checklists with work in them, and a mapping to a second edition.

`python -m tests.faults.upgrade_world`, in the site's own environment, with its settings.
"""

import json
import os
import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.proofs import SEED

if TYPE_CHECKING:
    from measures.models import Catalogue

WORKED_ON = 30  # items of each checklist


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.utils import timezone

    from measures.choices import Cadence
    from measures.editions.mapping import save_mapping
    from measures.models import Catalogue, Checklist, Owner, SavedView, Section, add_measure
    from tests.upgrades.drawn import random_pairs, random_work

    chance, now = random.Random(SEED), timezone.now()
    person, top = User.objects.get(username="person0"), Checklist.objects.get()
    first, second = top.catalogue, another_edition()
    save_mapping(first, second, random_pairs(first, second, chance), revision=0, by=person, at=now)
    checklists = [top]
    for number in (1, 2):
        below = Checklist(slug=f"below{number}", name=f"下级{number}", catalogue=first, parent=top)
        checklists.append(below.open(at=now))
    assert Catalogue.objects.count() == 2
    for checklist in checklists:
        units = [Owner.objects.create(checklist=checklist, name=name) for name in ("甲处", "乙处", "丙处")]
        section = Section.objects.leaves(first.pk)[0]
        said = f"自定 {checklist.slug}"
        add_measure(checklist, section, title=said, detail=said, cadence=Cadence.ONCE, at=now, by=person)
        random_work(checklist, units, chance, by=person, at=now, items=WORKED_ON)
        checklist.saved_views.create(user=person, name="甲", query="q=1.1.2&section=1.2")
    assert SavedView.objects.count() == 3


def another_edition() -> "Catalogue":
    """The catalogue under another name, each title with a word more."""
    from django.core.management import call_command

    from measures.models import Catalogue

    text = Path("fixtures/catalogue.json").read_text(encoding="utf-8")
    slug = Catalogue.objects.get().slug
    entries = json.loads(text.replace(f'"{slug}"', '"second"'))
    for entry in entries:
        if entry["model"] == "measures.measure":
            for language in ("en", "zh_hans", "zh_hant"):
                entry["fields"][f"title_{language}"] += " 2"
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(entries, file, ensure_ascii=False)
        file.flush()
        call_command("loaddata", file.name, verbosity=0)
    return Catalogue.objects.get(slug="second")


if __name__ == "__main__":
    main()
