from django.db import migrations

from measures import no_circles


class Migration(migrations.Migration):
    """Moves in the tree wait for each other before they lock a row, no longer after."""

    dependencies = [
        ("measures", "0016_audited_backups"),
    ]

    operations = [
        migrations.RunPython(no_circles.install, migrations.RunPython.noop),
    ]
