"""Looks at everything that a site needs, and says what is wrong and what to do: `manage.py doctor`."""

import sys

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import override

from measures.operations.doctor import Condition, examine


class Command(BaseCommand):
    help = "Prints a line for each thing: ok, warning or broken, and what to do. Ends with 1 if any is."
    # The lines say what they find.
    requires_system_checks: list[str] = []

    def handle(self, **options: object) -> None:
        with override("en"):
            diagnoses = examine(timezone.localtime())
            for one in diagnoses:
                advice = f". {one.advice}" if one.advice else ""
                self.stdout.write(f"{one.state:<8} {one.about}: {one.said}{advice}")
        if any(one.state == Condition.BROKEN for one in diagnoses):
            sys.exit(1)
