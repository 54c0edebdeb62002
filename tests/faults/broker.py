"""A broker of files in a folder of one's own, so that emptying it empties nobody else's."""

from pathlib import Path


def broker_in(folder: Path) -> dict[str, object]:
    """Celery's options for it."""
    here = str(folder)
    return {"data_folder_in": here, "data_folder_out": here, "control_folder": here, "polling_interval": 0.1}
