"""Packs a folder so that the same files give the same archive: archive.py FOLDER ARCHIVE SECONDS.

The folder's name is the top, but in a NuGet package, which has none.
"""

import gzip
import os
import pathlib
import sys
import tarfile
import time
import zipfile


def entries(folder: pathlib.Path, top: pathlib.Path):
    for path in sorted(folder.rglob("*")):
        yield path, path.relative_to(top).as_posix()


def mode(path: pathlib.Path) -> int:
    return 0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644


def pack_tar(folder: pathlib.Path, archive: str, seconds: int) -> None:
    with open(archive, "wb") as file, gzip.GzipFile("", "wb", 9, file, 0) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for path, name in entries(folder, folder.parent):
                entry = tar.gettarinfo(path, name)
                entry.uid = entry.gid = 0
                entry.uname = entry.gname = ""
                entry.mtime = seconds
                entry.mode = 0o777 if entry.issym() else mode(path)
                if entry.isreg():
                    # A second name of a file would be a link to the first.
                    with path.open("rb") as content:
                        tar.addfile(entry, content)
                else:
                    tar.addfile(entry)


def pack_zip(folder: pathlib.Path, archive: str, seconds: int) -> None:
    stamp = time.gmtime(max(seconds, 315532800))[:6]
    top = folder if archive.endswith(".nupkg") else folder.parent
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path, name in entries(folder, top):
            if path.is_file():
                entry = zipfile.ZipInfo(name, stamp)
                entry.create_system = 3
                entry.external_attr = mode(path) << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    where, to, when = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    (pack_tar if to.endswith(".tar.gz") else pack_zip)(where, os.fspath(to), when)
