"""An office's own layout for the report as a Word document."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from measures.models.checklists import Checklist


class ReportTemplate(models.Model):
    """A Word document with named fields, for one checklist. Small enough to be stored in the database."""

    checklist = models.ForeignKey(
        Checklist, models.CASCADE, related_name="report_templates", verbose_name=_("checklist")
    )
    name = models.CharField(_("name"), max_length=60)
    content = models.BinaryField(_("file"))
    uploaded_at = models.DateTimeField(_("uploaded at"))
    # As text: it outlives the account.
    uploaded_by_name = models.CharField(_("uploaded by"), max_length=150)

    class Meta:
        verbose_name = _("report template")
        verbose_name_plural = _("report templates")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["checklist", "name"],
                name="report_template_name_once",
                violation_error_message=_("There is already a template with this name. Choose another name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
