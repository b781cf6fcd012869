# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Model files from the web: resumed where they broke off, checked, and there only when whole."""

from __future__ import annotations

from pathlib import Path
import shutil
import zipfile

from alphapose_ros.io.files import hash_file
from alphapose_ros.io.files import replace_file


class FetchError(ValueError):
    """A file could not be fetched; says how to get it by hand."""


def fetch(
    path: Path, *, url: str = '', drive_id: str = '', sha256: str = '', quiet: bool = False
) -> str:
    """
    Fetch a file; the part that is already there is not fetched again.

    :param path: where it goes. Of a .zip, the one file in it with the same suffix.
    :param url: its address.
    :param drive_id: its number in Google Drive, if it has no address.
    :param sha256: of what is fetched, or the beginning of it; '' to take what comes.
    :param quiet: no progress on stderr.
    :return: the SHA-256 of what was fetched.
    :raises FetchError: if it cannot be reached, or is not what was expected.
    """
    if not url and not drive_id:
        raise FetchError(f'nobody offers {path.name} for download; put it into {path.parent}')
    download = path.parent / 'partial' / (url.rpartition('/')[2] or path.name)
    download.parent.mkdir(parents=True, exist_ok=True)
    _download(download, path, url, drive_id, quiet)
    found = hash_file(download)
    if not found.startswith(sha256.lower()):
        download.unlink()
        raise FetchError(
            f'{download.name} has the SHA-256 {found}, expected {sha256}; it was deleted: '
            'try again'
        )
    if download.suffix == '.zip':
        _extract(download, path)
        download.unlink()
    else:
        download.replace(path)
    return found


def _download(download: Path, path: Path, url: str, drive_id: str, quiet: bool) -> None:
    try:
        import gdown
    except ImportError as err:
        raise FetchError('fetching needs gdown: python -m pip install gdown') from err
    by_hand = url or f'https://drive.google.com/file/d/{drive_id}'
    try:
        target = {'url': url} if url else {'id': drive_id}
        gdown.download(**target, output=str(download), resume=True, quiet=quiet)
    except Exception as err:  # gdown's errors and those of the libraries below share no base
        lines = str(err).strip().splitlines()
        raise FetchError(
            f'{by_hand} could not be fetched ({lines[0] if lines else type(err).__name__}); run '
            f'the command again to go on, or put the file into {path.parent} as {path.name}'
        ) from err


def _extract(archive: Path, path: Path) -> None:
    """Take the one file with the suffix of `path` out of an archive."""
    try:
        with zipfile.ZipFile(archive) as content:
            members = [m for m in content.namelist() if m.endswith(path.suffix)]
            if len(members) != 1:
                raise FetchError(
                    f'{archive.name} holds {len(members)} {path.suffix} files, not one'
                )
            with (
                replace_file(path) as part,
                content.open(members[0]) as source,
                part.open('wb') as target,
            ):
                shutil.copyfileobj(source, target)
    except zipfile.BadZipFile as err:
        archive.unlink()
        raise FetchError(f'{archive.name} is no zip file: {err}; it was deleted') from err
