import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from measures.migrations._engines import append_only, run_sql


SIDES = [
    ("office", "The office"),
    ("lead", "The lead unit"),
    ("cooperating", "A cooperating unit"),
]
WAYS = [
    ("page", "Page"),
    ("admin", "Admin site"),
    ("bulk", "Bulk edit"),
    ("import", "Import"),
    ("command", "Command"),
    ("undo", "Undo"),
]
NO_TEXT = models.Q(("next_steps", ""), ("problems", ""), ("progress", ""))


class Migration(migrations.Migration):
    """Progress entries and their withdrawals, and what items derive from them (filled by the next one)."""

    dependencies = [
        ("measures", "0019_ledger_lock"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="item", name="item_checklist_counted"),
        migrations.AddField("checklist", "entries_from", models.DateTimeField(editable=False, null=True, verbose_name="has entries since")),
        migrations.AddField("item", "last_entry_at", models.DateTimeField(editable=False, null=True, verbose_name="last entry")),
        migrations.AddField("item", "silent_since", models.DateTimeField(editable=False, null=True, verbose_name="silent since")),
        migrations.AlterField(
            model_name="checklist",
            name="silence_days",
            field=models.PositiveSmallIntegerField(default=60, help_text="The light of a running item turns amber after so long without an entry.", verbose_name="days of silence until a warning"),
        ),
        migrations.AlterField(
            model_name="auditrecord",
            name="action",
            field=models.CharField(choices=[('item_changed', 'Item changed'), ('batch_changed', 'Items changed together'), ('checklist_opened', 'Checklist opened'), ('checklists_opened', 'Checklists opened together'), ('checklist_changed', 'Checklist changed'), ('measure_added', 'Local measure added'), ('owner_changed', 'Owner changed'), ('membership_changed', 'Membership changed'), ('view_changed', 'Saved view changed'), ('user_changed', 'User changed'), ('password_changed', 'Password changed'), ('link_given', 'One-time link given'), ('second_factor', 'Second factor changed'), ('sessions_ended', 'Sessions ended'), ('catalogue_loaded', 'Catalogue loaded'), ('signed_in', 'Signed in'), ('sign_in_failed', 'Sign-in failed'), ('wrong_secret', 'Wrong password or code'), ('locked_out', 'Locked out'), ('signed_out', 'Signed out'), ('entry_written', 'Entry written'), ('entry_withdrawn', 'Entry withdrawn'), ('period_step', 'Reporting period moved on'), ('handed_down', 'Measure handed down'), ('answered', 'Assignment answered'), ('template_changed', 'Report template changed'), ('denied', 'Refused'), ('exported', 'Exported'), ('audit_read', 'Audit trail read'), ('audit_exported', 'Audit trail exported'), ('audit_purged', 'Old audit records removed'), ('backed_up', 'Database backed up'), ('restored', 'Database restored')], max_length=32, verbose_name="action"),
        ),
        *(
            migrations.AlterField(
                model_name=name,
                name="notes",
                field=models.TextField(
                    blank=True,
                    help_text="A free annotation; what a unit has done goes into its entries.",
                    max_length=10000,
                    verbose_name="notes",
                ),
            )
            for name in ("item", "update")
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by_name", models.CharField(max_length=300, verbose_name="by")),
                ("side", models.CharField(choices=SIDES, max_length=16, verbose_name="written by")),
                ("progress", models.TextField(blank=True, max_length=5000, verbose_name="Progress in this period")),
                ("problems", models.TextField(blank=True, max_length=5000, verbose_name="Problems")),
                ("next_steps", models.TextField(blank=True, max_length=5000, verbose_name="Next steps")),
                ("nothing_new", models.BooleanField(default=False, verbose_name="nothing new in this period")),
                ("counts_on", models.DateField(verbose_name="counts on")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("via", models.CharField(choices=WAYS, max_length=16, verbose_name="by way of")),
                ("batch", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="measures.batch", verbose_name="batch")),
                ("by", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="by")),
                ("item", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="measures.item", verbose_name="item")),
                ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="measures.owner", verbose_name="unit")),
                ("update", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="measures.update", verbose_name="update")),
            ],
            options={
                "verbose_name": "entry",
                "verbose_name_plural": "entries",
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["item", "-at", "-id"], name="entry_item_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=(models.Q(("nothing_new", True)) & NO_TEXT)
                        | (models.Q(("nothing_new", False)) & ~NO_TEXT),
                        name="entry_says_something",
                        violation_error_message="Write at least one of the texts, or say that nothing is new.",
                    ),
                    *(
                        models.CheckConstraint(
                            condition=LessThanOrEqual(Length(name), 5000),
                            name=f"entry_{name}_within_limit",
                            violation_error_message="This text is too long. Keep it to 5,000 characters.",
                        )
                        for name in ("progress", "problems", "next_steps")
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", [side for side, _label in SIDES])),
                        name="entry_side_known",
                        violation_error_message="Choose one of the sides listed.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("via__in", [way for way, _label in WAYS])),
                        name="entry_via_known",
                        violation_error_message="Choose one of the ways listed.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by_name", models.CharField(max_length=300, verbose_name="by")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("by", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="by")),
                ("entry", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal", to="measures.entry", verbose_name="entry")),
            ],
            options={
                "verbose_name": "withdrawal of an entry",
                "verbose_name_plural": "withdrawals of entries",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="withdrawal_has_reason",
                        violation_error_message="Say why the entry is withdrawn.",
                    ),
                ],
            },
        ),
        run_sql(*append_only("measures_entry")),
        run_sql(*append_only("measures_withdrawal")),
    ]
