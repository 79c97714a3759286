"""Servers on loopback ports: one that speaks TLS or does not, and a proxy that knows CONNECT. Each serves in threads of its
own until it is closed."""
import contextlib
import socket
import ssl
import threading
import warnings

warnings.simplefilter("ignore", DeprecationWarning)  # old TLS is here to be refused


class Server:
    """`serve(connection, request)` is called for each connection with what came first, up to the end of the header and body."""

    def __init__(self, serve, certificate=None, newest=None, address="127.0.0.1"):
        self._serve = serve
        self.requests, self.server_names, self.protocols = [], [], []
        self._context = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate)
            self._context.set_alpn_protocols(["h2", "http/1.1"])
            self._context.sni_callback = lambda _, name, __: self.server_names.append(name)
            if newest:
                self._context.set_ciphers("ALL:@SECLEVEL=0")
                self._context.minimum_version = ssl.TLSVersion.TLSv1
                self._context.maximum_version = newest
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listening = socket.create_server((address, 0), family=family)
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection):
        with contextlib.suppress(OSError), connection:
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
                self.protocols.append(connection.selected_alpn_protocol())
            request = read_request(connection)
            self.requests.append(request)
            self._serve(connection, request)
            with contextlib.suppress(OSError):
                if self._context:
                    connection = connection.unwrap()
            connection.close()

    def close(self):
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return data
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def saying(answer):
    """Says always the same."""
    return lambda connection, _: connection.sendall(answer)


def whole(status, body=b"", fields=b""):
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n%b\r\n%b" % (status, len(body), fields, body)


def proxy(connection, request):
    """CONNECT to the port that is asked for, always on loopback: names are its own to look up."""
    first = request.split(b"\r\n", 1)[0].split()
    if first[0] != b"CONNECT":
        connection.sendall(whole(b"405 Method Not Allowed"))
        return
    other = socket.create_connection(("127.0.0.1", int(first[1].rsplit(b":", 1)[1])))
    connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    threading.Thread(target=_pump, args=(other, connection), daemon=True).start()
    _pump(connection, other)


def _pump(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
