"""The catalogue texts that are stored in three languages, in the columns _en, _zh_hans and _zh_hant."""

from modeltranslation.translator import TranslationOptions, register

from measures.models import Catalogue, Measure, Pillar, Section


@register(Catalogue)
class CatalogueTexts(TranslationOptions):
    fields = ("title", "issuer")


@register([Pillar, Section])
class PartTexts(TranslationOptions):
    fields = ("title", "summary")


@register(Measure)
class MeasureTexts(TranslationOptions):
    fields = ("title", "detail")
