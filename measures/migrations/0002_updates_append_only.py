from django.db import migrations

from measures import append_only


class Migration(migrations.Migration):
    dependencies = [("measures", "0001_first")]

    operations = [migrations.RunPython(append_only.install, append_only.remove)]
