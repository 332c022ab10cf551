"""The form with which the office decides what became of each measure: one line for each old code."""

import re
from collections.abc import Mapping, Sequence

from django import forms
from django.utils.translation import gettext as _

from measures.editions.mapping import MappedPair
from measures.editions.pairs import Edition, corrected_pair
from measures.forms.widgets import TextInput

CODES_LIMIT = 200  # characters


class MappingForm(forms.Form):
    """For each old code the new ones, several of a split, none of what is retired; what no line names is new.

    A line that is uncertain is decided once its box is ticked, or once its codes are other ones.
    """

    revision = forms.IntegerField(min_value=0, max_value=100_000, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, object] | None,
        *,
        old: Edition,
        new: Edition,
        pairs: Sequence[MappedPair],
        revision: int,
        decided_by: str,
    ) -> None:
        super().__init__(data, initial={"revision": revision})
        self.old, self.new, self.pairs, self.decided_by = old, new, pairs, decided_by
        self.proposed = {code: pair for pair in pairs for code in pair.old}
        self.opened = {code: pair for pair in pairs if not pair.old for code in pair.new}
        for code, pair in self.proposed.items():
            title = _("New codes of %(code)s") % {"code": code}
            attrs = {"size": 12, "autocomplete": "off", "aria-label": title, "maxlength": CODES_LIMIT}
            self.fields[f"to-{code}"] = forms.CharField(
                label=title,
                required=False,
                max_length=CODES_LIMIT,
                initial=" ".join(pair.new),
                widget=TextInput(attrs=attrs),
            )
        for code, pair in (self.proposed | self.opened).items():
            if not (pair.certain or pair.is_decided):
                label = _("%(code)s is right") % {"code": code}
                self.fields[f"sure-{code}"] = forms.BooleanField(
                    label=label, required=False, widget=forms.CheckboxInput
                )

    def clean(self) -> None:
        super().clean()
        known = self.new.by_code()
        self.goes: dict[str, tuple[str, ...]] = {}
        for code in self.proposed:
            said = re.split(r"[\s,，、;；]+", str(self.cleaned_data.get(f"to-{code}", "")).strip())
            codes = tuple(dict.fromkeys(one for one in said if one))
            if unknown := [one for one in codes if one not in known]:
                text = _("The new edition has no %(codes)s.")
                self.add_error(f"to-{code}", text % {"codes": _(", ").join(unknown)})
            self.goes[code] = codes
        if self.errors:
            return
        named: dict[str, list[str]] = {}
        for code, codes in self.goes.items():
            for one in codes:
                named.setdefault(one, []).append(code)
        for olds in named.values():
            if len(olds) > 1 and (several := [one for one in olds if len(self.goes[one]) > 1]):
                self.add_error(
                    f"to-{several[0]}", _("A measure is either split or merged with others, not both.")
                )
        self.named = named

    def decided(self) -> list[MappedPair]:
        """The mapping as it was decided: in the order of the old edition, then what is new."""
        made: list[MappedPair] = []
        done: set[str] = set()
        for code, codes in self.goes.items():
            if code in done:
                continue
            olds = tuple(self.named[codes[0]]) if len(codes) == 1 else (code,)
            done |= {*olds}
            made.append(self._pair(olds, codes))
        fresh = [one.code for one in self.new.measures if one.code not in self.named]
        return made + [self._pair((), (code,)) for code in fresh]

    def _pair(self, olds: tuple[str, ...], news: tuple[str, ...]) -> MappedPair:
        before = self.proposed.get(olds[0]) if olds else self.opened.get(news[0])
        if before and (before.old, before.new) == (olds, news):
            sure = [self.cleaned_data.get(f"sure-{code}", True) for code in olds or news]
            by = before.decided_by or (self.decided_by if all(sure) else "")
            return MappedPair(olds, news, before.kind, before.score, before.certain, before.others, by)
        pair = corrected_pair(olds, news, old=self.old, new=self.new)
        return MappedPair.of(pair, decided_by=self.decided_by)
