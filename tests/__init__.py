"""Tests of the product; what they borrow from each other stands in ``support/``."""

import pytest

pytest.register_assert_rewrite("tests.support")
