"""Reads a list of units and people: from a sheet, or pasted from one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from measures.choices import Role
from measures.models import Checklist, Owner
from measures.models.accounts import NAME_LENGTH
from measures.models.invitations import PERSON_LIMIT
from measures.sheets.guard import SheetError
from measures.sheets.looks import Unusable
from measures.sheets.problems import Problem
from measures.sheets.read import SheetFile, read_file
from measures.sheets.words import EMPTY, close_up, in_every_language, on_one_line, plain
from measures.texts import Label, half_width

PEOPLE_LIMIT = 200  # rows
CELL_LIMIT = 200  # characters that are read: more than any field holds, so a longer text is still too long
PEOPLE_HEADINGS: dict[str, Label] = {
    "unit": gettext_lazy("Unit"),
    "person": pgettext_lazy("person", "Name"),
    "account": gettext_lazy("Account name"),
    "role": gettext_lazy("Role"),
    "leader": gettext_lazy("Leader in charge"),
    "contact": gettext_lazy("Contact"),
    "phone": gettext_lazy("Office telephone"),
}
UNIT_DETAILS = ("leader", "contact", "phone")
# Words that people write in place of our own headings.
PEOPLE_SYNONYMS = {
    **dict.fromkeys(("单位", "單位", "单位名称", "單位名稱", "责任单位", "責任單位", "处室", "處室"), "unit"),
    **dict.fromkeys(("姓名", "人员", "人員"), "person"),
    **dict.fromkeys(("账号", "賬號", "帐号", "用户名", "用戶名", "登录名", "登錄名"), "account"),
    **dict.fromkeys(("角色",), "role"),
    **dict.fromkeys(("分管领导", "分管領導", "领导", "領導"), "leader"),
    **dict.fromkeys(("联系岗位", "聯繫崗位", "岗位", "崗位", "职务", "職務", "联系人", "聯繫人"), "contact"),
    **dict.fromkeys(("办公电话", "辦公電話", "电话", "電話", "联系电话", "聯繫電話"), "phone"),
}


@dataclass(frozen=True)
class SheetPerson:
    """One row, each cell as text on one line. Without `account` it is about the unit alone.

    With a name, the account is to be made; without, it exists already.
    """

    number: int
    unit: str = ""
    person: str = ""
    account: str = ""
    role: str = ""
    leader: str = ""
    contact: str = ""
    phone: str = ""

    @property
    def is_new(self) -> bool:
        """Whether the account is to be made."""
        return bool(self.account and self.person)

    @property
    def role_label(self) -> Label:
        return Role(self.role).label if self.account else ""


@dataclass
class PeopleSheet:
    """The rows of a list, and what is wrong with them."""

    rows: list[SheetPerson] = field(default_factory=list)
    new_units: list[Owner] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def invited(self) -> list[SheetPerson]:
        return [row for row in self.rows if row.is_new]

    @property
    def added(self) -> list[SheetPerson]:
        return [row for row in self.rows if row.account and not row.is_new]


@cache
def _known_headings() -> dict[str, str]:
    found = {close_up(plain(word)): name for word, name in PEOPLE_SYNONYMS.items()}
    for name, label in PEOPLE_HEADINGS.items():
        found |= {close_up(word): name for word in in_every_language(label)}
    return found


@cache
def _known_roles() -> dict[str, Role]:
    words = {word: role for role in Role for word in in_every_language(role.label)}
    return {role.value: Role(role) for role in Role} | words


def people_heading_rank(cells: Sequence[object]) -> int:
    """How many of the columns these name; 0 without one for units or accounts."""
    names = {_known_headings().get(close_up(plain(cell)), "") for cell in cells} - {""}
    return len(names) if names & {"unit", "account"} and len(names) > 1 else 0


def read_people(content: bytes) -> PeopleSheet:
    """The rows of a file. Raises SheetError."""
    missing = _("The file needs headings such as “%(unit)s”, “%(person)s” and “%(account)s”.")
    return _rows_of(read_file(content, people_heading_rank, missing % PEOPLE_HEADINGS))


def read_pasted_people(text: str) -> PeopleSheet:
    """The rows of a text that was pasted. Without headings, its columns are in the order of ours."""
    lines = text.strip("\r\n").splitlines()
    first = lines[0] if lines else ""
    separator = next((one for one in ("\t", ";", "，", ",") if one in first), "\t")
    lines = [line.replace("，", ",") if separator == "，" else line for line in lines]
    separator = "," if separator == "，" else separator
    skipped = 0
    if not people_heading_rank(first.replace("，", ",").split(separator)):
        lines.insert(0, separator.join(str(label) for label in PEOPLE_HEADINGS.values()))
        skipped = 1
    missing = _("Paste rows of at least two columns: a unit and a person.")
    found = read_file("\n".join(lines).encode(errors="replace"), people_heading_rank, missing)
    return _rows_of(found, skipped)


def _rows_of(file: SheetFile, skipped: int = 0) -> PeopleSheet:
    sheet = file.first
    found = PeopleSheet(left_out=[*(other.name for other in file.sheets[1:]), *file.left_out])
    places: dict[str, int] = {}
    for place, cell in enumerate(sheet.headings):
        name = _known_headings().get(close_up(plain(cell)), "")
        if name and name not in places:
            places[name] = place
        elif text := on_one_line(cell):
            found.ignored.append(text[:80])
    for number, cells in sheet.rows:
        row = {name: cells[place] if place < len(cells) else None for name, place in places.items()}
        texts = {name: on_one_line(cell)[:CELL_LIMIT] for name, cell in row.items()}
        texts = {name: "" if plain(text) in EMPTY else text for name, text in texts.items()}
        if not any(texts.values()):
            continue
        for name, cell in row.items():
            if isinstance(cell, Unusable):
                found.problems.append(
                    Problem(number - skipped, str(PEOPLE_HEADINGS[name]), cell.shown[:80], cell.why)
                )
        texts["account"] = half_width(texts.get("account", ""))
        found.rows.append(SheetPerson(number - skipped, **texts))
    if not found.rows:
        raise SheetError(_("There are headings but no rows. Add a row for each person."))
    if len(found.rows) > PEOPLE_LIMIT:
        text = _("There are more than %(limit)d rows. Add them in parts.")
        raise SheetError(text % {"limit": PEOPLE_LIMIT})
    return found


def check_people(found: PeopleSheet, checklist: Checklist) -> None:
    """Say all that is wrong with the rows, at once, and fill in roles and new units.

    It looks at this checklist alone: whether an account exists elsewhere is not to be seen here.
    """
    units = {one.name: one for one in checklist.owners.all()}
    members = set(checklist.memberships.values_list("user__username", flat=True))
    members |= set(checklist.invitations.values_list("username", flat=True))
    names = {name.casefold() for name in members}
    rows: list[SheetPerson] = []
    for row in found.rows:
        role = _known_roles().get(plain(row.role)) if row.role else Role.EDITOR if row.unit else None
        problems = list(_wrong(row, role, names))
        if row.account:
            names.add(row.account.casefold())
        if row.unit and row.unit not in units:
            unit = Owner(checklist=checklist, name=row.unit, **{n: getattr(row, n) for n in UNIT_DETAILS})
            problems += _wrong_unit(unit)
            units[row.unit] = unit
            found.new_units.append(unit)
        found.problems += [
            Problem(row.number, str(PEOPLE_HEADINGS[name]), getattr(row, name)[:80], message)
            for name, message in problems
        ]
        told = {name: getattr(row, name) for name in PEOPLE_HEADINGS}
        rows.append(SheetPerson(row.number, **told | {"role": str(role.value) if role else ""}))
    found.rows = rows
    found.problems.sort(key=lambda problem: problem.row)


def _wrong(row: SheetPerson, role: Role | None, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The columns of a row that are wrong, and why."""
    if not row.account:
        if row.person:
            yield "account", _("Write the name with which this person is to sign in.")
        elif not row.unit:
            yield "unit", _("Write a unit, or a person with an account name.")
        return
    if row.account.casefold() in names:
        yield "account", _("This account is in the list twice, or already in this checklist.")
    if len(row.account) > NAME_LENGTH:
        yield "account", _too_long(NAME_LENGTH)
    else:
        try:
            UnicodeUsernameValidator()(row.account)
        except ValidationError:
            yield "account", _("Use letters, digits and @ . + - _ only.")
    if len(row.person) > PERSON_LIMIT:
        yield "person", _too_long(PERSON_LIMIT)
    if role is None:
        labels = _(", ").join(str(one.label) for one in Role)
        yield "role", _("Write one of these roles: %(roles)s.") % {"roles": labels}
    elif role == Role.EDITOR and not row.unit:
        yield "unit", _("Write the unit that the editor acts for.")
    elif role != Role.EDITOR and row.unit:
        yield "unit", _("Only editors act for a unit. Leave this cell empty.")


def _wrong_unit(unit: Owner) -> Iterator[tuple[str, str]]:
    try:
        unit.full_clean(exclude={"checklist"}, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            yield "unit" if name == "name" else name, messages[0]


def _too_long(limit: int) -> str:
    text = ngettext("Keep it to %(limit)d character.", "Keep it to %(limit)d characters.", limit)
    return text % {"limit": limit}


def from_sealed(rows: Iterable[Mapping[str, object]]) -> list[SheetPerson]:
    """The rows again that a preview sealed."""
    return [
        SheetPerson(int(str(row["number"])), **{name: str(row[name]) for name in PEOPLE_HEADINGS})
        for row in rows
    ]
