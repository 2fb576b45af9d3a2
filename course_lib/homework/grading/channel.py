"""Messages between the parent and its two servers: bytes with their length before them, over a pair of sockets."""

import socket
import struct

HEADER = struct.Struct(">Q")


def send(channel: socket.socket, data: bytes, fds: tuple[int, ...] = ()) -> None:
    """Send a message, with open files for the other side."""
    if fds:
        socket.send_fds(channel, [HEADER.pack(len(data))], list(fds))
    else:
        channel.sendall(HEADER.pack(len(data)))
    channel.sendall(data)


def receive(channel: socket.socket, num_fds: int = 0) -> tuple[bytes, list[int]]:
    """A message and the open files that came with it.

    Raises:
        EOFError: the other side has ended.
        TimeoutError: the channel has a time limit, and it is over.
    """
    if num_fds:
        header, fds, _, _ = socket.recv_fds(channel, HEADER.size, num_fds)
        header += exactly(channel, HEADER.size - len(header))
    else:
        header, fds = exactly(channel, HEADER.size), []
    return exactly(channel, HEADER.unpack(header)[0]), list(fds)


def exactly(channel: socket.socket, size: int) -> bytes:
    """So many bytes.

    Raises:
        EOFError: the other side has ended before.
    """
    parts = bytearray()
    while len(parts) < size:
        try:
            part = channel.recv(min(size - len(parts), 2**20))
        except ConnectionError as error:
            raise EOFError from error
        if not part:
            raise EOFError("the other side has ended")
        parts += part
    return bytes(parts)
