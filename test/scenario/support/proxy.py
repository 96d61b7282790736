"""A TCP proxy in front of a server: it can cut, stall or slow down what passes."""

import socket
import threading
import time


class Proxy:
    """Listens on `port` of loopback and passes everything on to `server_port`.

    cut()      resets every connection, as when a cable is pulled and put back; new ones are taken
    cut_after(bytes)  the same as soon as so many more bytes went from client to server
    refuse()   takes no new connections until accept()
    stall()    passes nothing on until resume(), as when packets are lost
    delay      seconds that every packet waits
    """

    def __init__(self, server_port, delay=0):
        self.server_port, self.delay = server_port, delay
        self._pairs, self._lock = set(), threading.Lock()
        self._flows, self._open, self._refusing = threading.Event(), True, False
        self._flows.set()
        self._left = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while self._open:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._refusing:
                client.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.server_port))
            except OSError:
                client.close()
                continue
            with self._lock:
                self._pairs.add((client, server))
            for source, sink, counts in ((client, server, True), (server, client, False)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pump, args=(source, sink, counts), daemon=True).start()

    def _pump(self, source, sink, counts):
        try:
            while data := source.recv(65536):
                if self.delay:
                    time.sleep(self.delay)
                self._flows.wait()
                if counts and self._used_up(len(data)):
                    self.cut()
                    return
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _used_up(self, count):
        with self._lock:
            if self._left is None:
                return False
            self._left -= count
            if self._left > 0:
                return False
            self._left = None
            return True

    def cut(self):
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            for end in pair:
                try:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                end.close()

    def cut_after(self, count):
        with self._lock:
            self._left = count

    def refuse(self):
        self._refusing = True

    def accept(self):
        self._refusing = False

    def stall(self):
        self._flows.clear()

    def resume(self):
        self._flows.set()

    def close(self):
        self._open = False
        self._flows.set()
        self._listener.close()
        self.cut()
