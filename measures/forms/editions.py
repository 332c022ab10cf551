"""The form with which the office decides what became of each measure: one line for each old code."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.choices import AnswerKind
from measures.editions.mapping import MappedPair
from measures.editions.merging import USUAL, MergedDue, MergedStatus, MergeRule
from measures.editions.pairs import Edition, PairKind, corrected_pair
from measures.forms.widgets import Select, TextInput

CODES_LIMIT = 200  # characters
LIKELY = 95  # per cent, from which many are confirmed together


def sure_field(pair: MappedPair, code: str) -> str:
    """The name of the box that says that a line is right. An old code may be that of a new measure too."""
    return f"sure-{code}" if pair.old else f"new-{code}"


class MappingForm(forms.Form):
    """For each old code the new ones, several of a split, none of what is retired; what no line names is new.

    A line that is uncertain is decided once its box is ticked, or once its codes are other ones. Only the
    lines of `shown` are on the page; the others stay as they are. `kind` and `least` confirm all of one kind
    together, on whatever page they are.
    """

    revision = forms.IntegerField(min_value=0, max_value=100_000, widget=forms.HiddenInput)
    status = forms.ChoiceField(
        label=gettext_lazy("Status of merged items"), choices=MergedStatus, required=False, widget=Select
    )
    due = forms.ChoiceField(
        label=gettext_lazy("Due date of merged items"), choices=MergedDue, required=False, widget=Select
    )
    kind = forms.ChoiceField(label=gettext_lazy("Confirm all that are"), required=False, widget=Select)
    least = forms.IntegerField(
        label=gettext_lazy("likely by at least, in %"),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"min": 0, "max": 100, "step": 5}),
    )

    def __init__(
        self,
        data: Mapping[str, object] | None,
        *,
        old: Edition,
        new: Edition,
        pairs: Sequence[MappedPair],
        shown: Collection[str],
        revision: int,
        decided_by: str,
    ) -> None:
        rule = next((pair.rule for pair in pairs if pair.kind == PairKind.MERGED), USUAL)
        initial = {"revision": revision, "status": rule.status, "due": rule.due, "least": LIKELY}
        super().__init__(data, initial=initial)
        self.old, self.new, self.pairs, self.decided_by = old, new, pairs, decided_by
        self.rule = rule
        self.proposed = {code: pair for pair in pairs for code in pair.old}
        self.opened = {code: pair for pair in pairs if not pair.old for code in pair.new}
        kinds = dict.fromkeys(pair.kind.value for pair in pairs if not (pair.certain or pair.is_decided))
        labels = dict(AnswerKind.choices)
        self.fields["kind"].choices = [("", "–"), *((kind, labels[kind]) for kind in kinds)]  # type: ignore[attr-defined]
        for pair in pairs:
            for code in pair.old or pair.new:
                if sure_field(pair, code) in shown:
                    self._ask_about(pair, code)

    def _ask_about(self, pair: MappedPair, code: str) -> None:
        if pair.old:
            title = _("New codes of %(code)s") % {"code": code}
            attrs = {"size": 12, "autocomplete": "off", "aria-label": title, "maxlength": CODES_LIMIT}
            self.fields[f"to-{code}"] = forms.CharField(
                label=title,
                required=False,
                max_length=CODES_LIMIT,
                initial=" ".join(pair.new),
                widget=TextInput(attrs=attrs),
            )
        if not (pair.certain or pair.is_decided):
            label = _("%(code)s is right") % {"code": code}
            self.fields[sure_field(pair, code)] = forms.BooleanField(
                label=label, required=False, widget=forms.CheckboxInput
            )

    def clean(self) -> None:
        super().clean()
        known = self.new.by_code()
        self.goes: dict[str, tuple[str, ...]] = {}
        for code, pair in self.proposed.items():
            if f"to-{code}" not in self.fields:
                self.goes[code] = pair.new
                continue
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
                text = _("A measure is either split or merged with others, not both.")
                shown = next((one for one in several if f"to-{one}" in self.fields), None)
                self.add_error(f"to-{shown}" if shown else None, f"{', '.join(olds)}: {text}")
        self.named = named
        self.chosen = MergeRule(
            MergedStatus(self.cleaned_data["status"] or self.rule.status),
            MergedDue(self.cleaned_data["due"] or self.rule.due),
        )

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
            sure = all(self._is_sure(before, code) for code in olds or news)
            pair = replace(before, decided_by=before.decided_by or (self.decided_by if sure else ""))
        else:
            pair = MappedPair.of(
                corrected_pair(olds, news, old=self.old, new=self.new), decided_by=self.decided_by
            )
        return replace(pair, rule=self.chosen) if pair.kind == PairKind.MERGED else pair

    def _is_sure(self, pair: MappedPair, code: str) -> bool:
        """Whether the person says that an uncertain line is right: by its box, or with all of its kind."""
        if pair.certain or pair.is_decided:
            return False
        kind, least = self.cleaned_data.get("kind"), self.cleaned_data.get("least")
        if kind == pair.kind and least is not None and pair.per_cent >= least:
            return True
        return bool(self.cleaned_data.get(sure_field(pair, code)))
