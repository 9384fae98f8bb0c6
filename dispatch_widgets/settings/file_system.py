"""File operations that survive crashes, races and odd file systems (ST-2).

`Files` is a class so that tests can inject faults between the store and the disk.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE_MODE = 0o600
"""Mode of every file that this project makes: it may hold keys."""

LARGEST_FILE_BYTES = 64 * 1024 * 1024
"""A bigger file is not read, as it would take too much memory (ST-9)."""

_WINDOWS = sys.platform == "win32"
_CHUNK_BYTES = 1 << 20
_REPLACE_WAIT_SECONDS = 2.0  # how long Windows may keep a file open that somebody just read
_RETRY_SECONDS = 0.02
_OLD_SECONDS = 3600.0  # no save takes that long
_READ_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
if sys.platform != "emscripten":
    # JupyterLite's drive has no pipes to block on, and takes a file that was opened with this for one that
    # was written: closing it puts its old content back.
    _READ_FLAGS |= getattr(os, "O_NONBLOCK", 0)
_CREATE_FLAGS = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


# The part of a modification time below a millisecond tells whoever reads the file next who wrote it: this
# package, or this package on top of what another program had written not long before, 0 to 10 s in steps. The
# times of other programs end like these once in ten thousand.
_MILLISECOND_NS = 1_000_000
_SAVED_NS = 333_000
_SAVED_ON_TOP_NS = 500_000
_STEP_NS = 1_000
_STEP_SECONDS = 0.1
_MOST_STEPS = 100


class NotAFileError(OSError):
    """The path is a folder, a device, a pipe or a socket."""


@dataclass(slots=True)
class Content:
    """What a file held when it was read.

    Attributes:
        data: All its bytes.
        digest: Their SHA-256.
        status: The file's status at that time.
        handle: The open file, to notice late writes; -1 when closed.
    """

    data: bytes
    digest: str
    status: os.stat_result
    handle: int = -1

    @property
    def foreign_write_at(self) -> float | None:
        """When another program last wrote the file, in seconds since 1970.

        None if that was long ago, or is not known: where the file system keeps no times below a millisecond.
        """
        part = self.status.st_mtime_ns % _MILLISECOND_NS
        if part in {0, _SAVED_NS}:
            return None
        steps, rest = divmod(part - _SAVED_ON_TOP_NS, _STEP_NS)
        on_top = rest == 0 and 0 <= steps <= _MOST_STEPS
        return self.status.st_mtime - (steps * _STEP_SECONDS if on_top else 0.0)

    def close(self) -> None:
        """Closes the file."""
        if self.handle >= 0:
            # It was only read, so a failing close loses nothing.
            with suppress(OSError):
                os.close(self.handle)
            self.handle = -1

    def __repr__(self) -> str:
        return f"Content({len(self.data)} bytes, {self.digest[:12]})"


def digest_of(data: bytes) -> str:
    """The SHA-256 of a file's bytes."""
    from hashlib import sha256

    return sha256(data).hexdigest()


class Files:
    """Reads, writes and replaces single files."""

    def read(
        self, path: Path, *, keep_open: bool = False, limit_bytes: int = LARGEST_FILE_BYTES
    ) -> Content | None:
        """All bytes of a file, or None if it does not exist; never blocks on a FIFO.

        With `keep_open` the content keeps the file open, so that later writes can be noticed.

        Raises:
            NotAFileError: If it is a folder, a FIFO, a device or a socket.
            OSError: If it cannot be read, or is bigger than the limit (``EFBIG``).
        """
        try:
            handle = os.open(path, _READ_FLAGS)
        except FileNotFoundError:
            return None
        except OSError:
            # A socket cannot be opened at all, and on Windows no folder can.
            if path.exists() and not path.is_file():
                raise NotAFileError(file_type(path.stat())) from None
            raise
        content = None
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise NotAFileError(file_type(status))
            data = b"" if status.st_size > limit_bytes else self.read_again(handle, limit_bytes + 1)
            if max(status.st_size, len(data)) > limit_bytes:
                raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
            content = Content(data, digest_of(data), status)
            if keep_open and not _WINDOWS:  # Windows replaces no file that is open
                content.handle = handle
            return content
        finally:
            if content is None or content.handle < 0:
                os.close(handle)

    def read_again(self, handle: int, most_bytes: int = sys.maxsize) -> bytes:
        """The bytes of an open file from its beginning, at most `most_bytes`."""
        os.lseek(handle, 0, os.SEEK_SET)
        chunks = []
        while chunk := os.read(handle, min(_CHUNK_BYTES, most_bytes)):
            chunks.append(chunk)
            most_bytes -= len(chunk)
        return b"".join(chunks)

    def write_temporary(
        self, target: Path, data: bytes, like: Content | None, *, foreign_write_at: float | None = None
    ) -> Path:
        """Writes a new file beside `target` and syncs it; the caller renames or removes it.

        It gets owner and mode of `like`; without it only the user may read it. `foreign_write_at` is kept for
        the next to read it.

        Raises:
            OSError: If the disk or the folder refuses; no new file is left.
        """
        path = _temporary_path(target)
        self.write_new(path, data, like, foreign_write_at=foreign_write_at)
        return path

    def write_new(
        self,
        path: Path,
        data: bytes,
        like: Content | None = None,
        *,
        foreign_write_at: float | None = None,
    ) -> None:
        """Writes a file that does not exist yet and syncs it; the options are those of `write_temporary`.

        Raises:
            FileExistsError: If the name is taken.
            OSError: If the disk or the folder refuses; no new file is left.
        """
        handle = os.open(path, _CREATE_FLAGS, PRIVATE_MODE)
        try:
            try:
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(handle, rest) :]
                if sys.platform != "win32":  # not _WINDOWS: mypy reads this
                    if like is None:
                        os.fchmod(handle, PRIVATE_MODE)  # the umask may have removed the user's rights
                    else:
                        _copy_metadata(handle, like)
                    _set_time(handle, foreign_write_at)
                _sync(handle)
            finally:
                os.close(handle)
            if _WINDOWS:  # which can set the time of a path only, and sets its own on closing
                _set_time(path, foreign_write_at)
        except BaseException:
            with suppress(OSError):
                path.unlink()
            raise

    def keep_aside(self, target: Path) -> Path | None:
        """Gives a file a second name, to read or restore it after it was replaced; the caller removes it.

        None where there are no hard links (FAT, some network shares, a browser), or does not let the user
        make or remove one.
        """
        path = _temporary_path(target)
        try:
            if not _may_remove(target):
                return None
            _link(target, path)
        except OSError:
            return None
        return path

    def replace(self, temporary: Path, target: Path) -> None:
        """Replaces a file atomically."""
        deadline = time.monotonic() + _REPLACE_WAIT_SECONDS
        while True:
            try:
                temporary.replace(target)
            except PermissionError:
                # Windows: another process has the file open.
                if not _WINDOWS or time.monotonic() > deadline:
                    raise
                time.sleep(_RETRY_SECONDS)
            else:
                return

    def publish(self, temporary: Path, target: Path) -> None:
        """Renames a new file, unless the name is taken.

        Raises:
            FileExistsError: If the name is taken.
        """
        if _WINDOWS:
            temporary.rename(target)  # refuses a name that is taken
            return
        try:
            _link(temporary, target)
        except FileExistsError:
            raise
        except OSError:
            # Without hard links (FAT, some network shares, a browser) this is not quite exclusive.
            if os.path.lexists(target):
                raise FileExistsError(target) from None
            temporary.rename(target)
            return
        # The next sweep removes the old name if this fails.
        with suppress(OSError):
            temporary.unlink()

    def overwrite(self, target: Path, data: bytes) -> None:
        """Overwrites a file that cannot be replaced, and syncs it.

        It is emptied first, as a truncated file can be recognised and a mixture of old and new cannot.
        """
        handle = os.open(target, os.O_WRONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
        try:
            os.ftruncate(handle, 0)
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(handle, rest) :]
            if not _WINDOWS:
                _set_time(handle, None)
            _sync(handle)
        finally:
            os.close(handle)

    def sync_folder(self, folder: Path) -> None:
        """Syncs a folder, so that a rename survives a power cut."""
        if _WINDOWS:  # folders cannot be synced; renames are written through
            return
        handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0))
        try:
            _sync(handle)
        finally:
            os.close(handle)

    def leftovers(self, target: Path) -> list[Path]:
        """The temporary files that killed processes left beside a file; none if the folder cannot be listed.

        Files of a running process are left out, as locks do not work on some folders; old ones are not, as
        their process id has been reused.
        """
        name = re.compile(re.escape(f".{target.name}.") + r"(\d+)-[0-9a-f]{8}\.tmp")
        found = []
        with suppress(OSError), os.scandir(target.parent) as entries:
            for entry in entries:
                match = name.fullmatch(entry.name)
                if match and (not _is_alive(int(match.group(1))) or _is_old(entry)):
                    found.append(target.with_name(entry.name))
        return found

    def sweep(self, target: Path) -> None:
        """Removes `leftovers`; the caller holds the file's lock."""
        for path in self.leftovers(target):
            with suppress(OSError):
                path.unlink()


def is_trusted(status: os.stat_result, target: Path) -> bool:
    """Whether a regular file belongs to the user, or to the owner of the settings file or its folder."""
    if not stat.S_ISREG(status.st_mode):
        return False
    if not hasattr(os, "geteuid"):  # Windows gives no owner here
        return True
    owners = {os.geteuid(), target.parent.stat().st_uid}
    with suppress(FileNotFoundError):
        owners.add(target.stat().st_uid)
    return status.st_uid in owners


def _link(target: Path, name: Path) -> None:
    """Gives a file a second name, as `os.link` does, which Pyodide and Android lack."""
    if not hasattr(os, "link"):
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))
    os.link(target, name)


def _may_remove(target: Path) -> bool:
    """Whether the user could remove a second name again, which a sticky folder may forbid."""
    if not hasattr(os, "geteuid"):
        return True
    folder = target.parent.stat()
    mine = {0, folder.st_uid, target.stat().st_uid}
    return not folder.st_mode & stat.S_ISVTX or os.geteuid() in mine


def _is_old(entry: os.DirEntry[str]) -> bool:
    try:
        return time.time() - entry.stat(follow_symlinks=False).st_ctime > _OLD_SECONDS
    except OSError:
        return False


def _temporary_path(target: Path) -> Path:
    """A unique name in the same folder, in the form that `Files.sweep` removes."""
    return target.parent / f".{target.name}.{os.getpid()}-{os.urandom(4).hex()}.tmp"


def file_type(status: os.stat_result) -> str:
    """What a path is that is no regular file, with its article: ``a folder``."""
    if stat.S_ISDIR(status.st_mode):
        return "a folder"
    if stat.S_ISFIFO(status.st_mode):
        return "a named pipe"
    return "a device or socket"


if sys.platform != "win32":

    def _copy_metadata(handle: int, like: Content) -> None:
        """Copies owner, group, mode and extended attributes, as far as the system allows."""
        mode = stat.S_IMODE(like.status.st_mode)
        own = os.fstat(handle)
        if (own.st_uid, own.st_gid) != (like.status.st_uid, like.status.st_gid):
            try:
                os.fchown(handle, like.status.st_uid, like.status.st_gid)
            except OSError:
                try:
                    os.fchown(handle, -1, like.status.st_gid)
                except OSError:
                    # The file's new group must not read what only the old group could.
                    mode &= ~stat.S_IRWXG
        os.fchmod(handle, mode)
        if like.handle >= 0 and sys.platform == "linux":
            # They hold access control lists and security labels.
            with suppress(OSError):
                for name in os.listxattr(like.handle):
                    with suppress(OSError):
                        os.setxattr(handle, name, os.getxattr(like.handle, name))


def _set_time(file: int | Path, foreign_write_at: float | None) -> None:
    """Sets the time of a file that this package wrote, for `Content.foreign_write_at`."""
    now = time.time_ns() // _MILLISECOND_NS * _MILLISECOND_NS
    part = _SAVED_NS
    if foreign_write_at is not None:
        steps = round((now / 1e9 - foreign_write_at) / _STEP_SECONDS)
        if steps <= _MOST_STEPS:
            part = _SAVED_ON_TOP_NS + max(steps, 0) * _STEP_NS
    with suppress(OSError):  # some shares do not store times; then only the size tells
        os.utime(file, ns=(now + part, now + part))


def _sync(handle: int) -> None:
    if sys.platform == "darwin":
        import fcntl

        # On macOS fsync leaves the data in the drive's cache: man 2 fsync.
        with suppress(OSError):
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
            return
    os.fsync(handle)


def _is_alive(process: int) -> bool:
    if _WINDOWS or process == os.getpid():
        return False  # on Windows a file in use cannot be removed, and signal 0 is CTRL_C_EVENT
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
