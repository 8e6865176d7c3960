"""A relay on loopback that counts the requests for a WebSocket, their answers, and posts."""

import re
import socket
import threading
from dataclasses import dataclass, field

_UPGRADE = re.compile(rb"^upgrade:\s*websocket\s*$", re.IGNORECASE | re.MULTILINE)
_POST = re.compile(rb"^POST \S+/responses HTTP/1", re.MULTILINE)


@dataclass
class Relay:
    """Forwards every connection to `host:port` byte for byte."""

    host: str
    port: int
    upgrades: int = 0
    statuses: list[int] = field(default_factory=list)
    posts: int = 0

    def __enter__(self) -> "Relay":
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection((self.host, self.port))
            connection = _Connection(self)
            pumps = [(client, server, connection.asked), (server, client, connection.answered)]
            for pump in pumps:
                threading.Thread(target=_pump, args=pump, daemon=True).start()


class _Connection:
    """Remembers whether this connection's last question was for a WebSocket."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._is_upgrade = False

    def asked(self, data: bytes) -> None:
        self._relay.posts += len(_POST.findall(data))
        if _UPGRADE.search(data.replace(b"\r", b"")):
            self._relay.upgrades += 1
            self._is_upgrade = True

    def answered(self, data: bytes) -> None:
        if self._is_upgrade:
            self._is_upgrade = False
            self._relay.statuses.append(int(data.split(b" ", 2)[1]))


def _pump(source: socket.socket, sink: socket.socket, look: object) -> None:
    try:
        while data := source.recv(65536):
            look(data)
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        source.close()
        sink.close()
