"""A TCP proxy that knows just enough of PostgreSQL's protocol to do harm at the right moment.

    wire = Wire(port)
    wire.plan(Harm(action="reset", on="commit answered"))     # once
    wire.mend()                                               # connections go through again, stalled ones are closed"""

import dataclasses
import socket
import struct
import threading
import time

CHUNK = 65536


@dataclasses.dataclass
class Harm:
    """What happens, once, and when.

    on      "up" or "down": after `after` bytes from or to rehome, which may be in the midst of a message;
            "commit": when rehome sends the `after`-th COMMIT, which never reaches the server;
            "commit sent": when it went on to the server; "commit answered": when the server's answer is there, which rehome never sees
    action  "cut" (FIN), "reset" (RST), "stall" (nothing passes any more, until mend()), "pause" (for `seconds`),
            "trickle" (a few bytes at a time, for `seconds`), "half" (RST for rehome, while the server is told nothing until mend())
    everybody  all connections, not only the one that came to this point
    outage  seconds in which new connections are refused"""

    action: str
    on: str
    after: int = 1
    everybody: bool = False
    seconds: float = 0.3
    outage: float = 0.0


class Link:
    """One connection through the proxy."""

    def __init__(self, client, server):
        self.client, self.server = client, server
        self.rest, self.untyped, self.committing = b"", True, None
        self.slow_until = 0.0
        self.stalled = self.held = False
        self.skip = 0

    def messages(self, data):
        """The messages of rehome that begin in `data`: (offset in it, type, first bytes)."""
        at, self.rest = -len(self.rest), self.rest + data
        while True:
            head = 4 if self.untyped else 5
            if len(self.rest) < head:
                return
            length = struct.unpack("!I", self.rest[head - 4 : head])[0] + head - 4
            if len(self.rest) < min(length, head + 60):
                return
            yield at, b"" if self.untyped else self.rest[:1], self.rest[head : head + 60]
            # what is longer than what is here is skipped as it comes
            self.untyped = self.untyped and length == 8
            if len(self.rest) < length:
                self.skip = length - len(self.rest)
                self.rest = b""
                return
            self.rest, at = self.rest[length:], at + length

    def commits_in(self, data):
        """Offset of a COMMIT that begins in `data`; None without one."""
        if self.skip >= len(data):
            self.skip -= len(data)
            return None
        base, data = self.skip, data[self.skip :]
        self.skip = 0
        for at, kind, text in list(self.messages(data)):
            body = text[text.find(b"\0") + 1 :] if kind == b"P" else text
            if kind in b"QP" and kind and body.upper().startswith(b"COMMIT"):
                return max(0, base + at)
        return None


def abort(end):
    try:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.shutdown(socket.SHUT_RD)  # wakes who reads from it
    except OSError:
        pass
    end.close()


def finish(end):
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


class Wire:
    def __init__(self, server_port):
        self.server_port = server_port
        self.lock, self.links, self.ends = threading.Lock(), set(), []
        self.bytes = {"up": 0, "down": 0}
        self.commits, self.harm, self.happened = 0, None, threading.Event()
        self.refuse_until, self.mended = 0.0, threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def plan(self, harm):
        self.harm = harm

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if time.monotonic() < self.refuse_until:
                abort(client)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.server_port))
            except OSError:
                client.close()
                continue
            link = Link(client, server)
            with self.lock:
                self.links.add(link)
                self.ends += (client, server)
            for end, other, way in ((client, server, "up"), (server, client, "down")):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pump, args=(link, end, other, way), daemon=True).start()

    def _pump(self, link, source, sink, way):
        try:
            while data := source.recv(CHUNK):
                if not self._pass(link, sink, way, data):
                    return
        except OSError:
            pass
        finally:
            if not link.held:
                finish(sink)
            with self.lock:
                self.links.discard(link)

    def _pass(self, link, sink, way, data):
        """False: the connection is not worth going on with."""
        before, after, struck = data, b"", False
        with self.lock:
            cut = self._moment(link, way, data)
            self.bytes[way] += len(data)
            if cut is not None:
                before, after, struck = data[:cut], data[cut:], True
        if before and not self._send(link, sink, before):
            return False
        if struck:
            self._strike(link)
            if self.harm_done.action in ("cut", "reset", "half"):
                return False
        return not after or self._send(link, sink, after)

    def _moment(self, link, way, data):
        """How much of `data` still passes before the harm; None when it is not the time."""
        harm, commit = self.harm, None
        if way == "up":
            commit = link.commits_in(data)
            self.commits += commit is not None
        if not harm:
            return None
        if harm.on == way:
            if self.bytes[way] + len(data) < harm.after:
                return None
            self._begin(harm)
            return max(0, min(len(data), harm.after - self.bytes[way]))
        if commit is not None and harm.on.startswith("commit"):
            if self.commits == harm.after:
                if harm.on == "commit answered":
                    link.committing = harm
                    return None
                self._begin(harm)
                return commit if harm.on == "commit" else len(data)
        if way == "down" and link.committing:
            self._begin(link.committing)
            return 0
        return None

    def _begin(self, harm):
        self.harm, self.harm_done = None, harm
        self.refuse_until = time.monotonic() + harm.outage

    def _strike(self, link):
        harm = self.harm_done
        with self.lock:
            links = list(self.links) if harm.everybody else [link]
        for one in links:
            if harm.action == "cut":
                finish(one.client), finish(one.server)
            elif harm.action == "reset":
                abort(one.client), abort(one.server)
            elif harm.action == "half":
                one.stalled = one.held = True
                abort(one.client)
                self._keep(one)
            elif harm.action == "stall":
                one.stalled = True
            elif harm.action == "trickle":
                one.slow_until = time.monotonic() + harm.seconds
        self.happened.set()
        if harm.action == "pause":
            time.sleep(harm.seconds)

    def _keep(self, link):
        """The server's end stays open, read by nobody, until mend()."""

        def hold():
            self.mended.wait(30)
            abort(link.server)

        threading.Thread(target=hold, daemon=True).start()

    def _send(self, link, sink, data):
        if link.stalled:
            self.mended.wait(30)
            abort(link.client), abort(link.server)
            return False
        while data and time.monotonic() < link.slow_until:
            sink.sendall(data[:3])
            data = data[3:]
            time.sleep(0.002)
        if data:
            sink.sendall(data)
        return True

    def relent(self):
        """What has not happened by now does not happen; new connections are taken."""
        with self.lock:
            self.harm, self.refuse_until = None, 0.0
            for link in self.links:
                link.committing = None

    def mend(self):
        self.refuse_until = 0.0
        self.mended.set()

    def close(self):
        self.mend()
        self.listener.close()
        with self.lock:
            links = list(self.links)
        for link in links:
            abort(link.client), abort(link.server)
        for end in self.ends:
            end.close()
