from django.db import migrations

from measures import append_only


class Migration(migrations.Migration):
    dependencies = [("measures", "0001_first")]

    operations = [
        migrations.RunPython(
            append_only.guard(append_only.JOURNAL), append_only.unguard(append_only.JOURNAL)
        )
    ]
