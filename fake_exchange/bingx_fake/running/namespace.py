"""A network namespace in which the documented names lead to the fake and nothing else can be reached. Linux.

Three things happen to the process that enters, and they hold for whatever it starts:

- *A network of its own*, with a loopback interface and no other. There is no route to anywhere, for any
  protocol. Where the user may not make one, a user namespace of its own comes first, in which everybody is
  who they were.
- *A view of the file system* in which a few files are others: the hosts file, the order in which names are
  looked up (files only: resolvers that listen on Unix sockets are outside), the system's CA bundles.
- *Port 443* on the addresses of every site, bound here and served by the parent: a socket belongs to the
  namespace in which it was made, whoever holds it.
"""

import ctypes
import errno
import os
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bingx_fake.running.hosts import ADDRESSES, HTTPS_PORT, HostsFile

_NEW_MOUNTS, _NEW_USER, _NEW_NETWORK = 0x0002_0000, 0x1000_0000, 0x4000_0000
_BIND, _RECURSIVE, _SLAVE = 0x1000, 0x4000, 0x8_0000
_SET_FLAGS, _SET_ADDRESS = 0x8914, 0x8916
_UP_AND_RUNNING = 0x41
_COUNTED_ADDRESS = "127.77.0.254"
"""A lookup with AI_ADDRCONFIG wants IPv4 addresses only where the machine has one, and 127.0.0.1 is none."""

_LOOKUP_ORDER = Path("/etc/nsswitch.conf")
_NAME_CACHES = (Path("/run/nscd"), Path("/var/run/nscd"))
"""glibc asks a cache daemon before it reads the hosts file."""

_CA_BUNDLES = tuple(
    map(
        Path,
        (
            "/etc/ssl/certs/ca-certificates.crt",  # Debian, Arch, Alpine
            "/etc/ssl/cert.pem",  # Alpine, Arch
            "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora
            "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora
            "/etc/ssl/ca-bundle.pem",  # openSUSE
        ),
    )
)


class NamespaceError(OSError):
    """A namespace cannot be made here. The message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class View:
    """What stands where in the namespace's file system: pairs of a file or folder and what it covers."""

    mounts: tuple[tuple[Path, Path], ...]


def prepare_view(folder: Path, hosts: HostsFile, ca_file: Path) -> View:
    """Write the files that a view needs.

    :param folder: where they are kept while the namespace lasts.
    """
    return View(tuple(_mounts(folder, hosts, ca_file)))


def _mounts(folder: Path, hosts: HostsFile, ca_file: Path) -> Iterator[tuple[Path, Path]]:
    yield hosts.path, Path("/etc/hosts")
    if _LOOKUP_ORDER.exists():
        order = folder / "nsswitch.conf"
        order.write_bytes(_files_only(_LOOKUP_ORDER.read_bytes()))
        order.chmod(0o644)
        yield order, _LOOKUP_ORDER
    nothing = folder / "nothing"
    nothing.mkdir(mode=0o755)
    for covered in dict.fromkeys(cache.resolve() for cache in _NAME_CACHES if cache.is_dir()):
        yield nothing, covered
    for covered in dict.fromkeys(bundle.resolve() for bundle in _CA_BUNDLES if bundle.is_file()):
        yield ca_file, covered


def _files_only(order: bytes) -> bytes:
    lines = [line for line in order.splitlines() if line.partition(b":")[0].strip() != b"hosts"]
    return b"\n".join([*lines, b"hosts: files", b""])


def enter(view: View) -> list[socket.socket]:
    """Move this process into a namespace of its own. It must have one thread only.

    :returns: what each site of ``ADDRESSES`` is to be served with: bound and not listening yet.
    :raises NamespaceError: when the system does not allow one. The process is of no use then.
    """
    if sys.platform != "linux":
        raise NamespaceError("namespaces are Linux's")
    step = "unshare"
    try:
        _unshare()
        # What is mounted outside later appears here too; what is mounted here never appears outside.
        step = "mount /"
        _mount(None, Path("/"), _RECURSIVE | _SLAVE)
        for source, covered in view.mounts:
            step = f"mount {covered}"
            _mount(source, covered, _BIND)
        step = "loopback interface"
        _bring_loopback_up()
        step = f"port {HTTPS_PORT}"
        return [_bound(address) for address in ADDRESSES.values()]
    except OSError as error:
        raise NamespaceError(f"{step}: {error.strerror}; {_advice(error)}") from None


def _unshare() -> None:
    user, group = os.getuid(), os.getgid()
    try:
        _call("unshare", _NEW_MOUNTS | _NEW_NETWORK)
    except OSError:
        _call("unshare", _NEW_USER | _NEW_MOUNTS | _NEW_NETWORK)
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")


def _mount(source: Path | None, covered: Path, flags: int) -> None:
    shown = None if source is None else os.fsencode(source)
    _call("mount", shown, os.fsencode(covered), None, ctypes.c_ulong(flags), None)


def _call(name: str, *arguments: object) -> None:
    """Call a function of the C library that Python does not have.

    :raises OSError: when it says that it failed.
    """
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _bring_loopback_up() -> None:
    import fcntl  # not everywhere where this module can be imported

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sH14x", b"lo", _UP_AND_RUNNING))
        address = struct.pack("16sH2x4s8x", b"lo:1", socket.AF_INET, socket.inet_aton(_COUNTED_ADDRESS))
        fcntl.ioctl(any_socket, _SET_ADDRESS, address)


def _bound(address: str) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((address, HTTPS_PORT))
    return bound


def _advice(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EUSERS):
        return "raise the sysctl user.max_user_namespaces, or run it as root"
    for switch, forbids in (
        ("kernel/apparmor_restrict_unprivileged_userns", "1"),
        ("kernel/unprivileged_userns_clone", "0"),
    ):
        if _sysctl(switch) == forbids and os.geteuid() != 0:
            allows = 1 - int(forbids)
            return f"set the sysctl {switch.replace('/', '.')} to {allows}, or run it as root"
    if os.geteuid() == 0:
        return "root may not make one in most containers, unless started with docker run --privileged"
    return "run it as root"


def _sysctl(name: str) -> str | None:
    try:
        return Path("/proc/sys", name).read_text(encoding="ascii").strip()
    except OSError:
        return None
