from django.db import migrations

from measures import text_index


class Migration(migrations.Migration):
    dependencies = [("measures", "0014_speed")]

    operations = [migrations.RunPython(text_index.install, text_index.remove)]
