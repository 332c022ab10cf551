
import django.db.models.deletion
import measures.models.catalogue
from django.conf import settings
from django.db import migrations, models

from measures.migrations._engines import run_sql


GUARD_REPORTS = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS measures_frozenreport_no_change",
        "DROP TRIGGER IF EXISTS measures_frozenreport_no_delete",
        (
            "CREATE TRIGGER measures_frozenreport_no_change BEFORE UPDATE ON "
            "measures_frozenreport BEGIN SELECT RAISE(ABORT, 'measures_frozenreport is append-only'); END"
        ),
        (
            "CREATE TRIGGER measures_frozenreport_no_delete BEFORE DELETE ON "
            "measures_frozenreport BEGIN SELECT RAISE(ABORT, 'measures_frozenreport is append-only'); END"
        ),
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS measures_frozenreport_no_change ON measures_frozenreport",
        "DROP TRIGGER IF EXISTS measures_frozenreport_no_truncate ON measures_frozenreport",
        "DROP FUNCTION IF EXISTS measures_frozenreport_refuse()",
        (
            "CREATE OR REPLACE FUNCTION measures_frozenreport_refuse() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN RAISE EXCEPTION 'measures_frozenreport is append-only' USING "
            "ERRCODE = 'integrity_constraint_violation'; END $$"
        ),
        (
            "CREATE TRIGGER measures_frozenreport_no_change BEFORE UPDATE OR DELETE ON "
            "measures_frozenreport FOR EACH ROW EXECUTE FUNCTION measures_frozenreport_refuse()"
        ),
        (
            "CREATE TRIGGER measures_frozenreport_no_truncate BEFORE TRUNCATE ON "
            "measures_frozenreport FOR EACH STATEMENT EXECUTE FUNCTION measures_frozenreport_refuse()"
        ),
    ],
}
UNGUARD_REPORTS = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS measures_frozenreport_no_change",
        "DROP TRIGGER IF EXISTS measures_frozenreport_no_delete",
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS measures_frozenreport_no_change ON measures_frozenreport",
        "DROP TRIGGER IF EXISTS measures_frozenreport_no_truncate ON measures_frozenreport",
        "DROP FUNCTION IF EXISTS measures_frozenreport_refuse()",
    ],
}
GUARD_PERIODS = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS measures_periodevent_no_change",
        "DROP TRIGGER IF EXISTS measures_periodevent_no_delete",
        (
            "CREATE TRIGGER measures_periodevent_no_change BEFORE UPDATE ON measures_periodevent "
            "BEGIN SELECT RAISE(ABORT, 'measures_periodevent is append-only'); END"
        ),
        (
            "CREATE TRIGGER measures_periodevent_no_delete BEFORE DELETE ON measures_periodevent "
            "BEGIN SELECT RAISE(ABORT, 'measures_periodevent is append-only'); END"
        ),
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS measures_periodevent_no_change ON measures_periodevent",
        "DROP TRIGGER IF EXISTS measures_periodevent_no_truncate ON measures_periodevent",
        "DROP FUNCTION IF EXISTS measures_periodevent_refuse()",
        (
            "CREATE OR REPLACE FUNCTION measures_periodevent_refuse() RETURNS trigger LANGUAGE "
            "plpgsql AS $$ BEGIN RAISE EXCEPTION 'measures_periodevent is append-only' USING "
            "ERRCODE = 'integrity_constraint_violation'; END $$"
        ),
        (
            "CREATE TRIGGER measures_periodevent_no_change BEFORE UPDATE OR DELETE ON "
            "measures_periodevent FOR EACH ROW EXECUTE FUNCTION measures_periodevent_refuse()"
        ),
        (
            "CREATE TRIGGER measures_periodevent_no_truncate BEFORE TRUNCATE ON "
            "measures_periodevent FOR EACH STATEMENT EXECUTE FUNCTION measures_periodevent_refuse()"
        ),
    ],
}
UNGUARD_PERIODS = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS measures_periodevent_no_change",
        "DROP TRIGGER IF EXISTS measures_periodevent_no_delete",
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS measures_periodevent_no_change ON measures_periodevent",
        "DROP TRIGGER IF EXISTS measures_periodevent_no_truncate ON measures_periodevent",
        "DROP FUNCTION IF EXISTS measures_periodevent_refuse()",
    ],
}


class Migration(migrations.Migration):

    dependencies = [
        ('measures', '0004_report_templates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Period',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('month', 'Month'), ('quarter', 'Quarter'), ('by_hand', 'By hand')], max_length=16, verbose_name='kind')),
                ('starts', models.DateField(verbose_name='first day')),
                ('ends', models.DateField(verbose_name='last day')),
                ('state', models.CharField(choices=[('open', 'Open'), ('submitted', 'Submitted'), ('returned', 'Returned'), ('accepted', 'Accepted')], default='open', max_length=16, verbose_name='state')),
                ('revision', models.PositiveSmallIntegerField(default=1, verbose_name='revision')),
                ('step', models.PositiveIntegerField(default=0, editable=False)),
                ('checklist', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='periods', to='measures.checklist', verbose_name='checklist')),
            ],
            options={
                'verbose_name': 'reporting period',
                'verbose_name_plural': 'reporting periods',
                'ordering': ['checklist', 'starts'],
            },
        ),
        migrations.CreateModel(
            name='FrozenReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(max_length=300, verbose_name='by')),
                ('revision', models.PositiveSmallIntegerField(verbose_name='revision')),
                ('submission', models.PositiveSmallIntegerField(verbose_name='submission')),
                ('data', models.JSONField(encoder=measures.models.catalogue.ReadableJSON, verbose_name='report')),
                ('edition', models.SlugField(verbose_name='catalogue')),
                ('edition_date', models.DateField(verbose_name='date of this edition')),
                ('well', models.PositiveIntegerField(verbose_name='done or standing')),
                ('in_force', models.PositiveIntegerField(verbose_name='in force')),
                ('missing', models.PositiveIntegerField(verbose_name='missing')),
                ('made_at', models.DateTimeField(verbose_name='at')),
                ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='measures.period', verbose_name='period')),
            ],
            options={
                'verbose_name': 'frozen report',
                'verbose_name_plural': 'frozen reports',
                'ordering': ['period', '-id'],
            },
        ),
        migrations.CreateModel(
            name='PeriodEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(max_length=300, verbose_name='by')),
                ('revision', models.PositiveSmallIntegerField(verbose_name='revision')),
                ('before', models.CharField(choices=[('open', 'Open'), ('submitted', 'Submitted'), ('returned', 'Returned'), ('accepted', 'Accepted')], max_length=16, verbose_name='before')),
                ('after', models.CharField(choices=[('open', 'Open'), ('submitted', 'Submitted'), ('returned', 'Returned'), ('accepted', 'Accepted')], max_length=16, verbose_name='after')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('remark', models.CharField(blank=True, max_length=500, verbose_name='remark')),
                ('without_superior', models.BooleanField(default=False, verbose_name='judged without a superior')),
                ('by_submitter', models.BooleanField(default=False, verbose_name='judged by who submitted')),
                ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='measures.period', verbose_name='period')),
                ('report', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='measures.frozenreport', verbose_name='report')),
            ],
            options={
                'verbose_name': 'event of a period',
                'verbose_name_plural': 'events of a period',
                'ordering': ['-id'],
            },
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.CheckConstraint(condition=models.Q(('starts__lte', models.F('ends'))), name='period_starts_before_it_ends', violation_error_message='The last day is before the first day. Change one of them.'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.UniqueConstraint(fields=('checklist', 'starts', 'ends'), name='period_once_in_checklist', violation_error_message='This checklist has a period of these days already.'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['month', 'quarter', 'by_hand'])), name='period_kind_known', violation_error_message='Choose one of the kinds listed.'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'submitted', 'returned', 'accepted'])), name='period_state_known', violation_error_message='Choose one of the states listed.'),
        ),
        migrations.AddConstraint(
            model_name='period',
            constraint=models.CheckConstraint(condition=models.Q(('revision__gte', 1)), name='period_revision_from_one', violation_error_message='Revisions count from 1.'),
        ),
        migrations.AddConstraint(
            model_name='frozenreport',
            constraint=models.UniqueConstraint(fields=('period', 'revision', 'submission'), name='frozen_report_once', violation_error_message='This submission is there already.'),
        ),
        migrations.AddConstraint(
            model_name='periodevent',
            constraint=models.CheckConstraint(condition=models.Q(('after__in', ['open', 'submitted', 'returned', 'accepted']), ('before__in', ['open', 'submitted', 'returned', 'accepted'])), name='period_event_states_known', violation_error_message='Choose one of the states listed.'),
        ),
        run_sql(GUARD_REPORTS, UNGUARD_REPORTS),
        run_sql(GUARD_PERIODS, UNGUARD_PERIODS),
    ]
