"""What the cells of a column make of the guesses about its heading."""

import re
from dataclasses import replace

from measures.takeover.contents import Looks
from measures.takeover.headings import Guess, Means

# What is said in words: numbers alone say none of it.
TEXTS = {Means.MEASURE, Means.PROBLEMS, Means.LEVEL, Means.TARGET, Means.NEXT_STEPS}


def fitted(options: list[Guess], looks: Looks, leaf: str) -> list[Guess]:
    """The options after a look at the cells: what they cannot be is left out or comes last."""
    if not looks.is_known:
        return options
    roles = {option.role for option in options}
    told = _told_by_cells(roles, looks)
    if told is not None:
        return [*told, *options] if told and told[0].role is Means.DUE else told
    fitting = [replace(option, sure=option.sure * _fits(option, looks)) for option in options]
    if (
        roles == {Means.STATUS}
        and not options[0].detail
        and looks.status < 0.5
        and looks.numeric < 0.5
        and looks.length > 6
    ):
        fitting.append(Guess(Means.PROGRESS, 0.6))
    if (
        roles == {Means.PROGRESS}
        and not options[0].detail
        and (looks.length <= 6 or looks.boxed >= 0.9)
        and (looks.status >= 0.85 or looks.numeric >= 0.8)
    ):
        fitting.append(Guess(Means.STATUS, 0.97))
    if Means.CONTACT in roles and looks.unit >= 0.6 and looks.phone < 0.3:
        fitting.append(Guess(Means.LEAD, 0.9))
    if (
        Means.CONTACT in roles
        and looks.post >= 0.7
        and looks.phone < 0.3
        and re.search(r"负责人|责任人", leaf)
    ):
        fitting.append(Guess(Means.LEADER, 0.86))
    if roles == {Means.LEADER} and looks.unit >= 0.8 and max(looks.person, looks.post) < 0.2:
        fitting.append(Guess(Means.LEAD, 0.9))
    if Means.LEAD in roles and looks.person >= 0.8 and looks.unit < 0.2:
        fitting.append(Guess(Means.CONTACT, 0.9))
    return sorted(fitting, key=lambda option: -option.sure)


def _told_by_cells(roles: set[Means], looks: Looks) -> list[Guess] | None:
    """What the cells are, whatever the heading says; None where they leave it open."""
    are_texts = bool(roles) and roles <= TEXTS
    are_words = bool(roles) and roles <= {Means.TARGET, Means.REMARK, Means.MEASURE}
    if roles == {Means.DUE} and looks.dated < 0.1 and looks.length > 6:
        return []  # 截至… above what was done
    found = [
        (looks.light >= 0.7, Guess(Means.EXTRA, 0.9)),
        # Priorities that part the measures, not High and Low.
        (roles == {Means.EXTRA, Means.LEVEL} and looks.grouped, Guess(Means.LEVEL, 0.6)),
        (are_texts and (looks.counts or looks.ordinal >= 0.8), Guess(Means.NUMBER, 0.6)),
        (are_texts and looks.numeric >= 0.8, Guess(Means.EXTRA, 0.6)),
        # 进度要求 above days.
        (are_words and looks.dated >= 0.8, Guess(Means.DUE, 0.85)),
    ]
    return next(([guess] for holds, guess in found if holds), None)


def _fits(option: Guess, looks: Looks) -> float:
    """How well the cells agree, from 0 to 1.1."""
    if option.role is Means.STATUS and option.detail:
        return 1.0 if looks.tick >= 0.5 and looks.length <= 2 else 0.3
    if option.role is Means.STATUS:
        alike = max(looks.status, looks.numeric, looks.tick)
        return 1.1 if alike >= 0.6 and looks.length <= 14 else 0.5 + alike / 4
    if option.role is Means.PROGRESS and not option.detail:
        is_share = looks.numeric >= 0.8 or looks.status > 0.6
        return 0.8 if (looks.length <= 6 or looks.boxed >= 0.9) and is_share else 1.05
    if option.role is Means.MEASURE:
        return 0.2 if looks.numeric > 0.6 or looks.length < 3 else 0.8 if looks.length < 5 else 1.0
    unfit = {
        Means.DUE: looks.dated < 0.3,
        Means.LEAD: looks.numeric > 0.5 or looks.length > 60,
        Means.SUPPORTING: looks.numeric > 0.5 or looks.length > 60,
        Means.NUMBER: looks.length > 14,
        Means.LEADER: looks.length > 40,
        Means.CONTACT: looks.length > 40,
    }
    return 0.4 if unfit.get(option.role) else 1.0


def role_by_contents(looks: Looks, *, is_named: bool, is_first: bool) -> Means | None:
    """What the cells alone say that a column is. With a heading that nobody knows, only what is telling.

    `is_first`: it comes before the measures, as columns that divide them do.
    """
    is_text = looks.length >= 5 and looks.numeric < 0.2
    sayings = max(looks.told, looks.trouble, looks.ahead) if is_text else 0
    found: list[tuple[Means, bool]] = [
        (Means.NUMBER, is_first and looks.counts),
        (Means.LEAD, looks.unit >= 0.7),
        (Means.STATUS, looks.status >= 0.8 and looks.numeric < 0.5 and looks.distinct < 0.7),
        (Means.DUE, looks.dated >= 0.7),
        (Means.NUMBER, looks.numeric >= 0.9 and looks.distinct > 0.9 and not is_named),
        (Means.LEADER, looks.post >= 0.7),
        (Means.CONTACT, looks.person >= 0.8 and looks.status < 0.3),
        (Means.LEVEL, is_first and looks.numeric < 0.2 and (looks.grouped or looks.parts)),
        (Means.LEVEL, looks.grouped and not is_named),
        (Means.PROBLEMS, sayings >= 0.6 and looks.trouble == sayings),
        (Means.NEXT_STEPS, sayings >= 0.6 and looks.ahead == sayings),
        (Means.PROGRESS, sayings >= 0.5 and looks.told == sayings),
    ]
    return next((role for role, holds in found if holds), None)


def worth(looks: Looks) -> float:
    """Of several columns of statuses, words say more than shares, and these more than yes and no."""
    return looks.status * 2 - looks.numeric - looks.tick * 0.5


def bonus(role: Means, looks: Looks, leaf: str) -> float:
    """What speaks for one of several columns of the same kind, and against it."""
    if role is Means.DUE:
        # A date that was moved counts where all were; elsewhere it stands beside the one that holds.
        is_moved = re.search(r"revised|调整|延期|延长|变更|新", leaf)
        is_other = (
            looks.filled < 0.8 if is_moved else re.search(r"原|original|办结(?:时间|日期)|^完成日期", leaf)
        )
        return 0.3 * looks.dated - 0.25 * bool(is_other)
    if role is Means.NUMBER:
        is_reference = re.search(r"编号|ref", leaf)
        return 0.1 * (not looks.grouped) + 0.1 * looks.filled - 0.1 * bool(is_reference)
    if role is Means.PROBLEMS:
        return -0.2 * bool(re.search(r"协调|原因|解决", leaf))
    return 0.0


def is_phone(leaf: str, looks: Looks) -> bool:
    """Whether a column holds numbers to call, and no names."""
    named = re.search(r"电话|手机|phone|\btel|联系方式|mail", leaf) and not re.search(r"人|及|和|、", leaf)
    return bool(named) or looks.numeric > 0.7
