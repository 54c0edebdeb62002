import pytest

from tests.faults import ground as grounds


@pytest.fixture(scope="session")
def fault_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ground")
    yield folder
    grounds.forget_templates(folder)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def ground(request, fault_folder, django_db_blocker):
    """A database of its own on each vendor: commits are real, threads and processes share it."""
    with django_db_blocker.unblock(), grounds.ground(request.param, fault_folder):
        yield request.param
