from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from typing import Any

from django.db import migrations, models


def end_all_sessions(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Delete the sessions: they lie under the very keys that their cookies hold."""
    apps.get_model("measures", "Session").objects.using(schema_editor.connection.alias).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('measures', '0016_audited_backups'),
    ]

    operations = [
        migrations.RunPython(end_all_sessions, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='recoverycode',
            constraint=models.UniqueConstraint(fields=('user', 'code'), name='recovery_code_of_a_user_once'),
        ),
    ]
