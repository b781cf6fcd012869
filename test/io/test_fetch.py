# Copyright 2026 alphapose_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tests of fetching, from a server of our own."""

from collections.abc import Iterator
import hashlib
from http.server import BaseHTTPRequestHandler
from http.server import HTTPServer
import io
from pathlib import Path
import threading
from typing import Any
import zipfile

import pytest

pytest.importorskip('gdown', reason='fetching needs gdown')

from alphapose_ros.io.fetch import fetch
from alphapose_ros.io.fetch import FetchError

CONTENT = bytes(range(256)) * 4000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server:
    """Serves files; breaks off once, when told to."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {'/net.onnx': CONTENT}
        self.break_after: int | None = None
        self.ranges: list[str | None] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = server.files.get(self.path)
                if content is None:
                    self.send_error(404)
                    return
                wanted = self.headers.get('Range')
                server.ranges.append(wanted)
                first = int(wanted.removeprefix('bytes=').split('-')[0]) if wanted else 0
                self.send_response(206 if wanted else 200)
                if wanted:
                    last = len(content) - 1
                    self.send_header('Content-Range', f'bytes {first}-{last}/{len(content)}')
                self.send_header('Content-Length', str(len(content) - first))
                self.end_headers()
                end, server.break_after = server.break_after, None
                self.wfile.write(content[first:end])

            def log_message(self, *args: Any) -> None:
                pass

        self._http = HTTPServer(('127.0.0.1', 0), Handler)
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def url(self, name: str) -> str:
        return f'http://127.0.0.1:{self._http.server_port}/{name}'

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    monkeypatch.setenv('NO_PROXY', '127.0.0.1')
    monkeypatch.setenv('HOME', str(tmp_path / 'home'))
    running = Server()
    yield running
    running.close()


def test_a_file_is_fetched_and_its_hash_told(server: Server, tmp_path: Path) -> None:
    path = tmp_path / 'weights' / 'net.onnx'
    assert fetch(path, url=server.url('net.onnx'), sha256=SHA256[:8], quiet=True) == SHA256
    assert path.read_bytes() == CONTENT


def test_a_download_that_broke_off_goes_on_where_it_was(server: Server, tmp_path: Path) -> None:
    path = tmp_path / 'net.onnx'
    server.break_after = 800_000
    with pytest.raises(FetchError, match='run the command again to go on'):
        fetch(path, url=server.url('net.onnx'), sha256=SHA256, quiet=True)
    assert not path.exists()
    fetch(path, url=server.url('net.onnx'), sha256=SHA256, quiet=True)
    assert path.read_bytes() == CONTENT
    assert server.ranges[-1] is not None
    assert int(server.ranges[-1].removeprefix('bytes=').rstrip('-')) > 0


def test_another_file_than_expected_is_refused_and_gone(server: Server, tmp_path: Path) -> None:
    path = tmp_path / 'net.onnx'
    with pytest.raises(FetchError, match=f'has the SHA-256 {SHA256}, expected 0123'):
        fetch(path, url=server.url('net.onnx'), sha256='0123', quiet=True)
    assert [p for p in tmp_path.rglob('*.onnx') if p.is_file()] == []


def test_a_file_that_is_not_there_is_told_with_what_to_do(server: Server, tmp_path: Path) -> None:
    path = tmp_path / 'net.onnx'
    with pytest.raises(FetchError, match=f'put the file into {tmp_path} as net.onnx'):
        fetch(path, url=server.url('other.onnx'), quiet=True)


def test_what_nobody_offers_is_told(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r'nobody offers net\.onnx for download'):
        fetch(tmp_path / 'net.onnx')


@pytest.mark.parametrize('names', [('a/end2end.onnx', 'a/deploy.json'), ('readme.txt',)])
def test_of_an_archive_the_one_model_is_taken(
    server: Server, tmp_path: Path, names: tuple[str, ...]
) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, 'w') as content:
        for name in names:
            content.writestr(name, CONTENT)
    server.files['/net.zip'] = archive.getvalue()
    path = tmp_path / 'net.onnx'
    if len(names) == 2:
        fetch(path, url=server.url('net.zip'), quiet=True)
        assert path.read_bytes() == CONTENT
        return
    with pytest.raises(FetchError, match=r'net\.zip holds 0 \.onnx files, not one'):
        fetch(path, url=server.url('net.zip'), quiet=True)


def test_a_broken_archive_is_refused(server: Server, tmp_path: Path) -> None:
    server.files['/net.zip'] = CONTENT
    with pytest.raises(FetchError, match=r'net\.zip is no zip file'):
        fetch(tmp_path / 'net.onnx', url=server.url('net.zip'), quiet=True)
