"""The few things that the store asks of the file system, each done with care (ST-2).

`Files` is a class so that a test can stand between the store and the disk; nothing else replaces it.
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
"""A bigger file is nobody's settings, and reading it would take the memory of everything else (ST-9)."""

MEMORY_OF_ANOTHER_SECONDS = 10.0
"""How long another program that wrote the file in the middle of a save is reckoned with."""

_WINDOWS = sys.platform == "win32"
_CHUNK_BYTES = 1 << 20
_REPLACE_WAIT_SECONDS = 2.0  # how long Windows may keep a file open that somebody just read
_RETRY_SECONDS = 0.02
_OLD_SECONDS = 3600.0  # no save takes that long
_READ_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)
_CREATE_FLAGS = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


# What the time of a file ends in (nanoseconds below a millisecond) that was saved while another program was
# writing it too: so those who save next know it. Times that the system gives end so once in a million.
_BESIDE_ANOTHER_NS = 777_000
_MILLISECOND_NS = 1_000_000


class NotAFileError(OSError):
    """Something else than a file stands in the file's place."""


@dataclass(slots=True)
class Content:
    """What a file held when it was read.

    Attributes:
        data: All its bytes.
        digest: Their fingerprint; two contents are the same if their digests are.
        status: What the system said of the file then.
        handle: The open file, by which a late write to it can be noticed; -1 when closed.
    """

    data: bytes
    digest: str
    status: os.stat_result
    handle: int = -1

    @property
    def is_beside_another(self) -> bool:
        """Whether who saved it, a moment ago, met another program that was writing it too."""
        ends_so = self.status.st_mtime_ns % _MILLISECOND_NS == _BESIDE_ANOTHER_NS
        return ends_so and abs(time.time() - self.status.st_mtime) < MEMORY_OF_ANOTHER_SECONDS

    def close(self) -> None:
        """Lets go of the open file."""
        if self.handle >= 0:
            # Only read from, so there is nothing that a failing close could lose.
            with suppress(OSError):
                os.close(self.handle)
            self.handle = -1

    def __repr__(self) -> str:
        return f"Content({len(self.data)} bytes, {self.digest[:12]})"


def digest_of(data: bytes) -> str:
    """The fingerprint of a file's bytes.

    Args:
        data: All of them.
    """
    from hashlib import sha256

    return sha256(data).hexdigest()


class Files:
    """Reading, writing and replacing of single files."""

    def read(
        self, path: Path, *, keep_open: bool = False, limit_bytes: int = LARGEST_FILE_BYTES
    ) -> Content | None:
        """All bytes of a file; None if there is none. Never waits for a FIFO's other end.

        Args:
            path: The file.
            keep_open: Whether the content keeps the file open, so that later writes to it can be seen.
            limit_bytes: How big it may be, whatever the system says of its size.

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
                raise NotAFileError(kind_of(path.stat())) from None
            raise
        content = None
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise NotAFileError(kind_of(status))
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
        """All bytes of a file that is open, from its beginning.

        Args:
            handle: The open file.
            most_bytes: After how many to stop.
        """
        os.lseek(handle, 0, os.SEEK_SET)
        chunks = []
        while chunk := os.read(handle, min(_CHUNK_BYTES, most_bytes)):
            chunks.append(chunk)
            most_bytes -= len(chunk)
        return b"".join(chunks)

    def write_temporary(
        self, target: Path, data: bytes, like: Content | None, *, beside_another: bool = False
    ) -> Path:
        """Writes bytes into a new file beside another, down to the disk.

        Args:
            target: The file beside which it is made.
            data: What to write.
            like: Whose owner and mode it gets; None makes it private to the user.
            beside_another: Whether another program is writing the file too; those who save next are told.

        Returns:
            The new file. The caller renames or removes it.

        Raises:
            OSError: If the disk or the folder refuses; then no new file is left.
        """
        path = _name_beside(target)
        self.write_new(path, data, like, beside_another=beside_another)
        return path

    def write_new(
        self, path: Path, data: bytes, like: Content | None = None, *, beside_another: bool = False
    ) -> None:
        """Writes bytes into a file that is not there yet, down to the disk.

        Args:
            path: The new file.
            data: What to write.
            like: As for `write_temporary`.
            beside_another: As for `write_temporary`.

        Raises:
            FileExistsError: If the name is taken.
            OSError: If the disk or the folder refuses; then no new file is left.
        """
        handle = os.open(path, _CREATE_FLAGS, PRIVATE_MODE)
        try:
            try:
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(handle, rest) :]
                if not _WINDOWS:
                    if like is None:
                        os.fchmod(handle, PRIVATE_MODE)  # the umask may have taken the user's own rights
                    else:
                        _take_after(handle, like)
                _set_time(handle, beside_another=beside_another)
                _sync(handle)
            finally:
                os.close(handle)
        except BaseException:
            with suppress(OSError):
                path.unlink()
            raise

    def keep_aside(self, target: Path) -> Path | None:
        """Gives a file a second name, by which it can be read and put back after it was replaced.

        Args:
            target: The file.

        Returns:
            The second name, for the caller to remove; None where files have one name only (FAT, some
            network shares), or where the system refuses a second one, or its removal, to who does not own
            the file.
        """
        path = _name_beside(target)
        try:
            if not _may_remove(target):
                return None
            os.link(target, path)
        except OSError:
            return None
        return path

    def replace(self, temporary: Path, target: Path) -> None:
        """Puts a file in the place of another, in one step.

        Args:
            temporary: The new file.
            target: The one whose place it takes.
        """
        deadline = time.monotonic() + _REPLACE_WAIT_SECONDS
        while True:
            try:
                temporary.replace(target)
            except PermissionError:
                # Windows: somebody has the file open at this moment.
                if not _WINDOWS or time.monotonic() > deadline:
                    raise
                time.sleep(_RETRY_SECONDS)
            else:
                return

    def publish(self, temporary: Path, target: Path) -> None:
        """Gives a new file its name, unless something has that name already.

        Args:
            temporary: The new file; its old name goes.
            target: Its name.

        Raises:
            FileExistsError: If the name is taken.
        """
        if _WINDOWS:
            temporary.rename(target)  # refuses a name that is taken
            return
        try:
            os.link(temporary, target)
        except FileExistsError:
            raise
        except OSError:
            # File systems without hard links (FAT, some network shares): not quite exclusive there.
            if os.path.lexists(target):
                raise FileExistsError(target) from None
            temporary.rename(target)
            return
        # It has its name. That the other one stays is for the next sweep.
        with suppress(OSError):
            temporary.unlink()

    def overwrite(self, target: Path, data: bytes) -> None:
        """Writes bytes into a file as it stands, down to the disk; for a file that cannot be replaced.

        Emptied first: what is cut off can be told from what is whole, a mixture of old and new cannot.

        Args:
            target: The file.
            data: What is to be in it.
        """
        handle = os.open(target, os.O_WRONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
        try:
            os.ftruncate(handle, 0)
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(handle, rest) :]
            _sync(handle)
        finally:
            os.close(handle)

    def sync_folder(self, folder: Path) -> None:
        """Brings a folder's list of names down to the disk, so that a power cut keeps a rename.

        Args:
            folder: The folder.
        """
        if _WINDOWS:  # has no such thing; its rename is written through
            return
        handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0))
        try:
            _sync(handle)
        finally:
            os.close(handle)

    def leftovers(self, target: Path) -> list[Path]:
        """The temporary files that killed processes left beside a file; none where nobody may look.

        Not those of a process that is alive, for folders on which locks do not work; unless they are old,
        for then another process has got that number since.

        Args:
            target: The file.
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
        """Removes `leftovers`. The caller holds the file's lock, so nobody is in the middle of writing one.

        Args:
            target: The file.
        """
        for path in self.leftovers(target):
            with suppress(OSError):
                path.unlink()


def is_trusted(status: os.stat_result, target: Path) -> bool:
    """Whether a file beside the settings file is ours, or of somebody who could change that file anyway.

    Args:
        status: What the system says of it.
        target: The real settings file; it need not exist.
    """
    if not stat.S_ISREG(status.st_mode):
        return False
    if not hasattr(os, "geteuid"):  # Windows tells no owner here
        return True
    owners = {os.geteuid(), target.parent.stat().st_uid}
    with suppress(FileNotFoundError):
        owners.add(target.stat().st_uid)
    return status.st_uid in owners


def _may_remove(target: Path) -> bool:
    """Whether a second name of a file could be taken away again: in a sticky folder not everybody may."""
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


def _name_beside(target: Path) -> Path:
    """A free name in the same folder, which `Files.sweep` knows."""
    return target.parent / f".{target.name}.{os.getpid()}-{os.urandom(4).hex()}.tmp"


def kind_of(status: os.stat_result) -> str:
    """What stands in a file's place, in a word or two.

    Args:
        status: What the system says of it.
    """
    if stat.S_ISDIR(status.st_mode):
        return "a folder"
    if stat.S_ISFIFO(status.st_mode):
        return "a named pipe"
    return "a device or socket"


def _take_after(handle: int, like: Content) -> None:
    """Owner, group, mode and extended attributes of another file, as far as the system allows."""
    mode = stat.S_IMODE(like.status.st_mode)
    own = os.fstat(handle)
    if (own.st_uid, own.st_gid) != (like.status.st_uid, like.status.st_gid):
        try:
            os.fchown(handle, like.status.st_uid, like.status.st_gid)
        except OSError:
            try:
                os.fchown(handle, -1, like.status.st_gid)
            except OSError:
                # Another group must not get to read what only the old group could.
                mode &= ~stat.S_IRWXG
    os.fchmod(handle, mode)
    if like.handle >= 0 and sys.platform == "linux":
        # Access lists and labels live there; a file system without them has nothing to copy.
        with suppress(OSError):
            for name in os.listxattr(like.handle):
                with suppress(OSError):
                    os.setxattr(handle, name, os.getxattr(like.handle, name))


def _set_time(handle: int, *, beside_another: bool) -> None:
    """Gives a file a time that no other write to it will share, whatever clock the file system has."""
    if os.utime not in os.supports_fd:  # Windows
        return
    now = time.time_ns()
    if beside_another:
        now = now // _MILLISECOND_NS * _MILLISECOND_NS + _BESIDE_ANOTHER_NS
    with suppress(OSError):  # a share that keeps no such times; then only the size tells
        os.utime(handle, ns=(now, now))


def _sync(handle: int) -> None:
    if sys.platform == "darwin":
        import fcntl

        # fsync alone leaves the data in the drive's own memory there: man 2 fsync on macOS.
        with suppress(OSError):
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
            return
    os.fsync(handle)


def _is_alive(process: int) -> bool:
    if _WINDOWS or process == os.getpid():
        return False  # Windows: a file in use cannot be removed anyway, and signal 0 would be an event
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
