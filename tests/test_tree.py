"""The tree of checklists: no cycles, even with concurrent moves; and the tree of an earlier day."""

import threading
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction

from measures.choices import Audited, ChecklistStatus
from measures.database import append_only
from measures.models import AuditRecord, Checklist, Placement, PlaceRefused
from measures.models.audit import verify_chain
from tests.make import NOW, TODAY, make_checklist

LATER = NOW + timedelta(days=10)


@pytest.fixture
def china(checklist: Checklist) -> Checklist:
    """全国 › 河南 › 郑州 › 中原, and 山东 beside 河南."""
    china = make_checklist("china", "全国", checklist.catalogue)
    checklist.move(china, at=NOW)
    zhengzhou = make_checklist("zhengzhou", "郑州", parent=checklist)
    make_checklist("zhongyuan", "中原", parent=zhengzhou)
    make_checklist("shandong", "山东", parent=china)
    return china


def find(slug: str) -> Checklist:
    return Checklist.objects.get(slug=slug)


def slugs(found: object) -> set[str]:
    return {one.slug for one in found}  # type: ignore[attr-defined]


class TestMoving:
    def test_a_checklist_takes_along_all_that_lies_below_it(
        self, china: Checklist, administrator: User
    ) -> None:
        find("zhengzhou").move(find("shandong"), at=LATER, by=administrator, reason="区划调整")

        assert find("zhongyuan").path == "/china/shandong/zhengzhou/zhongyuan/"
        assert find("zhengzhou").parent == find("shandong")
        record = AuditRecord.objects.first()
        assert record
        assert (record.action, record.by) == (Audited.CHECKLIST_CHANGED, administrator)
        assert '"checklists": 2' in record.after
        assert verify_chain().broken is None

    @pytest.mark.parametrize("below", ["henan", "zhengzhou", "zhongyuan"])
    def test_nothing_moves_below_itself(self, china: Checklist, below: str) -> None:
        with pytest.raises(PlaceRefused):
            find("henan").move(find(below), at=LATER)

        assert find("henan").parent == china

    def test_a_move_to_where_it_stands_leaves_no_trace(self, china: Checklist) -> None:
        before = Placement.objects.count(), AuditRecord.objects.count()

        find("henan").move(china, at=LATER)

        assert (Placement.objects.count(), AuditRecord.objects.count()) == before

    def test_it_moves_to_the_top(self, china: Checklist) -> None:
        find("henan").move(None, at=LATER)

        assert (find("henan").parent, find("zhongyuan").path) == (None, "/henan/zhengzhou/zhongyuan/")

    def test_a_tree_that_gets_too_deep_is_refused_and_nothing_moved(self, china: Checklist) -> None:
        under, deepest = china, find("zhongyuan")
        for number in range(19):
            under = make_checklist(f"{'a' * 46}-{number:02}", "深", parent=under)
        under = make_checklist("c" * 30, "深", parent=under)

        with pytest.raises(PlaceRefused):
            find("zhengzhou").move(under, at=LATER)
        with pytest.raises(PlaceRefused):
            make_checklist("b" * 50, "深", parent=under)

        assert find("zhongyuan").path == deepest.path

    def test_who_saves_what_they_read_before_a_move_does_not_undo_it(self, china: Checklist) -> None:
        stale = Checklist.objects.select_related("parent").get(slug="zhengzhou")
        find("zhengzhou").move(find("shandong"), at=LATER)

        stale.name = "郑州市"
        stale.save()

        now = find("zhengzhou")
        assert (now.name, now.path) == ("郑州市", "/china/shandong/zhengzhou/")
        assert now.parent == find("shandong")


class TestThePast:
    def test_the_tree_of_an_earlier_day_is_as_it_was(self, china: Checklist) -> None:
        find("zhengzhou").move(find("shandong"), at=LATER)

        below = Checklist.objects.below
        assert slugs(below(find("shandong"))) == {"zhengzhou", "zhongyuan"}
        assert slugs(below(find("shandong"), as_of=TODAY)) == set()
        assert slugs(below(find("henan"), as_of=TODAY)) == {"zhengzhou", "zhongyuan"}
        assert slugs(below(find("henan"), as_of=LATER.date())) == set()
        assert slugs(below(china, as_of=TODAY)) == {"henan", "zhengzhou", "zhongyuan", "shandong"}
        assert slugs(below(china, as_of=date(2026, 1, 1))) == set()

    def test_of_two_moves_on_one_day_the_last_counts(self, china: Checklist) -> None:
        find("zhengzhou").move(find("shandong"), at=LATER)
        find("zhengzhou").move(china, at=LATER)

        day = LATER.date()
        assert slugs(Checklist.objects.below(find("shandong"), as_of=day)) == set()
        assert "zhongyuan" in slugs(Checklist.objects.below(china, as_of=day))

    def test_a_day_ends_at_midnight_here(self, china: Checklist) -> None:
        late = datetime(2026, 12, 1, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai"))
        find("zhengzhou").move(find("shandong"), at=late)

        below = Checklist.objects.below
        assert slugs(below(find("shandong"), as_of=date(2026, 11, 30))) == set()
        assert slugs(below(find("shandong"), as_of=date(2026, 12, 1))) == {"zhengzhou", "zhongyuan"}

    def test_today_is_what_the_history_says_today(self, china: Checklist) -> None:
        find("zhengzhou").move(find("shandong"), at=LATER)

        for one in Checklist.objects.all():
            now, then = Checklist.objects.below(one), Checklist.objects.below(one, as_of=LATER.date())
            assert slugs(now) == slugs(then)

    @pytest.mark.parametrize("table", [append_only.PLACES, append_only.TURNS])
    @pytest.mark.parametrize("statement", ["UPDATE {} SET at = at", "DELETE FROM {}"])
    def test_the_database_refuses_another_history(self, china: Checklist, table: str, statement: str) -> None:
        by = User.objects.create_user("keeper")
        china.turn(ChecklistStatus.CLOSED, at=LATER, by=by, reason="年度结束")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement.format(table))


class TestCircles:
    def test_the_database_refuses_one_from_raw_sql(self, china: Checklist) -> None:
        with pytest.raises(DatabaseError, match="circle"), transaction.atomic():
            connection.cursor().execute(
                "UPDATE measures_checklist SET parent_id = %s WHERE id = %s", [find("zhongyuan").pk, china.pk]
            )

    def test_the_database_refuses_one_within_a_single_statement(self, checklist: Checklist) -> None:
        other = make_checklist("other", "另一", checklist.catalogue)
        swap = "UPDATE measures_checklist SET parent_id = CASE id WHEN %s THEN %s ELSE %s END"

        with pytest.raises(DatabaseError, match="circle"), transaction.atomic():
            connection.cursor().execute(swap, [checklist.pk, other.pk, checklist.pk])


@pytest.mark.django_db(transaction=True)
class TestRaces:
    """Two connections, each of which would close one half of a circle."""

    def race(self, *acts: object) -> list[BaseException]:
        failed: list[BaseException] = []
        start = threading.Barrier(len(acts))

        def run(act: object) -> None:
            try:
                start.wait()
                act()  # type: ignore[operator]
            except BaseException as error:
                failed.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=[act]) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        return failed

    def in_a_circle(self) -> bool:
        parents = dict(Checklist.objects.values_list("pk", "parent"))
        for pk, parent in parents.items():
            seen, above = {pk}, parent
            while above is not None:
                if above in seen:
                    return True
                seen.add(above)
                above = parents[above]
        return False

    def test_of_two_who_move_each_below_the_other_one_is_refused(self, checklist: Checklist) -> None:
        for number in range(5):
            one = make_checklist(f"one-{number}", "甲", checklist.catalogue)
            two = make_checklist(f"two-{number}", "乙", checklist.catalogue)

            failed = self.race(
                lambda one=one, two=two: find(one.slug).move(two, at=NOW),
                lambda one=one, two=two: find(two.slug).move(one, at=NOW),
            )

            assert [type(error) for error in failed] == [PlaceRefused]
            assert not self.in_a_circle()
            assert {find(one.slug).path.count("/"), find(two.slug).path.count("/")} == {2, 3}

    def test_raw_sql_that_knows_no_lock_closes_no_circle_either(self, checklist: Checklist) -> None:
        def put(child: Checklist, parent: Checklist) -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE measures_checklist SET parent_id = %s WHERE id = %s", [parent.pk, child.pk]
                )

        for number in range(5):
            one = make_checklist(f"one-{number}", "甲", checklist.catalogue)
            two = make_checklist(f"two-{number}", "乙", checklist.catalogue)

            failed = self.race(
                lambda one=one, two=two: put(one, two),
                lambda one=one, two=two: put(two, one),
            )

            assert len(failed) == 1
            assert isinstance(failed[0], DatabaseError)
            assert not self.in_a_circle()

    def test_one_opened_below_another_that_moves_meanwhile_stands_where_that_one_stands(
        self, checklist: Checklist
    ) -> None:
        for number in range(5):
            top = make_checklist(f"top-{number}", "上", checklist.catalogue)
            moved = make_checklist(f"moved-{number}", "甲", checklist.catalogue)

            failed = self.race(
                lambda moved=moved, top=top: find(moved.slug).move(top, at=NOW),
                lambda moved=moved, number=number: make_checklist(f"new-{number}", "新", parent=moved),
            )

            assert not failed
            assert find(f"new-{number}").path == f"/top-{number}/moved-{number}/new-{number}/"
