from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('measures', '0015_text_index'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditrecord',
            name='action',
            field=models.CharField(choices=[('item_changed', 'Item changed'), ('batch_changed', 'Items changed together'), ('checklist_opened', 'Checklist opened'), ('checklists_opened', 'Checklists opened together'), ('checklist_changed', 'Checklist changed'), ('measure_added', 'Local measure added'), ('owner_changed', 'Owner changed'), ('membership_changed', 'Membership changed'), ('view_changed', 'Saved view changed'), ('user_changed', 'User changed'), ('password_changed', 'Password changed'), ('link_given', 'One-time link given'), ('second_factor', 'Second factor changed'), ('sessions_ended', 'Sessions ended'), ('catalogue_loaded', 'Catalogue loaded'), ('signed_in', 'Signed in'), ('sign_in_failed', 'Sign-in failed'), ('signed_out', 'Signed out'), ('period_step', 'Reporting period moved on'), ('handed_down', 'Measure handed down'), ('answered', 'Assignment answered'), ('template_changed', 'Report template changed'), ('denied', 'Refused'), ('exported', 'Exported'), ('audit_read', 'Audit trail read'), ('audit_exported', 'Audit trail exported'), ('audit_purged', 'Old audit records removed'), ('backed_up', 'Database backed up'), ('restored', 'Database restored')], max_length=32, verbose_name='action'),
        ),
    ]
