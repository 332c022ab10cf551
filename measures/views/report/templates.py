"""Custom Word templates for the report: administrators upload, download and delete them."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.forms.report_templates import ReportTemplateForm
from measures.models import Checklist, ReportTemplate, audit
from measures.models.people import person_name
from measures.reports import FORMATS
from measures.reports.docx_template import TemplateFault, validate_template
from measures.reports.start_template import start_template
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.downloads import download, record_export
from measures.views.limits import limit_file, limit_uploads


@require_http_methods(["GET", "POST"])
@limit_uploads
def report_templates(request: SignedInRequest, slug: str) -> HttpResponse:
    """The checklist's templates, and a form to upload one."""
    checklist = _managed_checklist(request, slug)
    form = ReportTemplateForm(checklist=checklist)
    if request.method == "POST":
        new = ReportTemplate(
            checklist=checklist, uploaded_at=timezone.now(), uploaded_by_name=person_name(request.user)
        )
        form = ReportTemplateForm(request.POST, request.FILES, instance=new, checklist=checklist)
        if form.is_valid() and _passes(form):
            with audited_transaction():
                saved = form.save()
                _audit(request, saved, after={"name": saved.name})
            messages.success(request, _("The template “%(name)s” is saved.") % {"name": saved.name})
            return redirect("report-templates", checklist.slug)
    context = {
        "checklist": checklist,
        "tab": "report",
        "form": form,
        "templates": checklist.report_templates.defer("content"),
    }
    return render(request, "report/templates.html", context, status=422 if form.errors else 200)


@require_GET
@limit_file
def report_template(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """The template as it was uploaded."""
    checklist = _managed_checklist(request, slug)
    template = get_object_or_404(checklist.report_templates, pk=pk)
    record_export(request, checklist, template, {"format": "docx"})
    return _word(bytes(template.content), template.name)


@require_GET
@limit_file
def starting_template(request: SignedInRequest, slug: str) -> HttpResponse:
    """A template to begin with: the usual report, with fields instead of figures."""
    checklist = _managed_checklist(request, slug)
    return _word(start_template(checklist.catalogue.own_level_names), _("Template for the progress report"))


@require_POST
def delete_report_template(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Deletes a template. Reports that were made with it stay as they are."""
    checklist = _managed_checklist(request, slug)
    template = get_object_or_404(checklist.report_templates.defer("content"), pk=pk)
    with audited_transaction():
        _audit(request, template, before={"name": template.name})
        template.delete()
    messages.success(request, _("The template “%(name)s” is deleted.") % {"name": template.name})
    return redirect("report-templates", checklist.slug)


def _managed_checklist(request: SignedInRequest, slug: str) -> Checklist:
    checklist = readable_checklist(request, slug)
    if not rights_of(request).may(Action.MANAGE, checklist):
        raise PermissionDenied(_("Only an administrator of the checklist can manage its templates."))
    return checklist


def _audit(
    request: SignedInRequest,
    template: ReportTemplate,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    audit(
        Audited.TEMPLATE_CHANGED,
        by=request.user,
        at=timezone.now(),
        checklist=template.checklist,
        about=template,
        before=before,
        after=after,
    )


def _word(content: bytes, name: str) -> HttpResponse:
    return download(content, FORMATS["docx"], name=name, plain="template")


def _passes(form: ReportTemplateForm) -> bool:
    """Return whether reports can be written with the uploaded file; if not, add the error to the field."""
    try:
        validate_template(bytes(form.instance.content))
    except TemplateFault as fault:
        form.add_error("upload", list(fault.messages))
    return not form.errors
