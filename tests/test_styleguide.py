"""The page of shared components: developers see all of them on it; visitors never do."""

from typing import Any

from django.contrib.auth.models import User

from measures.choices import Light, Status
from tests.make import SignIn

ENGLISH = {"Accept-Language": "en"}


def test_it_is_there_in_debug_only(viewer: User, sign_in: SignIn, settings: Any) -> None:
    client = sign_in(viewer)
    assert client.get("/styleguide/").status_code == 404

    settings.DEBUG = True

    assert client.get("/styleguide/").status_code == 200


def test_each_piece_stands_on_it(viewer: User, sign_in: SignIn, settings: Any) -> None:
    settings.DEBUG = True

    page = sign_in(viewer).get("/styleguide/", headers=ENGLISH).content.decode()

    pieces = [f'class="chip {status}"' for status in Status] + [f'class="lamp {light}"' for light in Light]
    pieces += [f'class="note {level}"' for level in ("info", "success", "warning", "error")]
    pieces += ['class="bar"', 'class="errors"', 'class="pager"', 'class="journal"', 'class="card empty"']
    pieces += ['class="scroll"', 'class="button main"', 'aria-invalid="true"', "aria-sort", "<ins>6月24日"]
    assert not [piece for piece in pieces if piece not in page]
