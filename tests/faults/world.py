"""Fills the database of a live site with a checklist and people: `python -m tests.faults.world`.

Runs in the site's own environment, with its settings.
"""

import os

PASSWORD = "Only-tests-use-this-1"
PEOPLE = 8
SLUG = "henan"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.utils import timezone

    from measures.choices import Role
    from measures.models import Catalogue, Checklist, Membership

    call_command("migrate", verbosity=0)
    call_command("loaddata", "catalogue", verbosity=0)
    checklist = Checklist(slug=SLUG, name="河南", catalogue=Catalogue.objects.get()).open(at=timezone.now())
    hashed = make_password(PASSWORD)
    for number in range(PEOPLE):
        user = User.objects.create(username=f"person{number}", password=hashed)
        Membership.objects.create(user=user, checklist=checklist, role=Role.ADMINISTRATOR)


if __name__ == "__main__":
    main()
