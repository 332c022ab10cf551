"""Base classes of models that are append-only, or that record whose act a row was."""

from typing import NoReturn, Unpack

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from measures.models.saving import SaveOptions
from measures.querysets.append_only import AppendOnlyError


class OnlyAdded(models.Model):
    """A row that is added once; a trigger in the database refuses changes as well."""

    class Meta:
        abstract = True

    def save(self, **options: Unpack[SaveOptions]) -> None:
        if not self._state.adding:
            raise AppendOnlyError("This row is never changed.")
        super().save(**options)

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        raise AppendOnlyError("This row is never deleted.")


class ByPerson(models.Model):
    """A row that says whose act it was."""

    # The key stays when the account goes, hence no constraint; the name is what people read.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        related_name="+",
        verbose_name=pgettext_lazy("step", "by"),
        db_constraint=False,
    )
    by_name = models.CharField(pgettext_lazy("step", "by"), max_length=300)

    class Meta:
        abstract = True


class AppendOnly(OnlyAdded, ByPerson):
    """A row that is added once and says whose act it was."""

    class Meta:
        abstract = True
