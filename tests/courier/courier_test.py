#!/usr/bin/python3
"""courier_test.py PROGRAM: credcached-courier against HTTPS servers and proxies on loopback. No test leaves this machine."""
import datetime
import os
import pathlib
import socket
import ssl
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import courier  # noqa: E402
from certificates import DAY, Authority  # noqa: E402
from courier import ask, ask_raw, request, start  # noqa: E402
from servers import Server, proxy, saying, whole  # noqa: E402

HERE = {"allow_private": "127.0.0.1,localhost,::1"}
OK = saying(whole(b"200 OK", b'{"a":1}', b"Content-Type: application/json\r\n"))


class Scene(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="credcached-courier-")
        cls.authority = Authority(pathlib.Path(cls.folder.name), "Test Authority")
        cls.certificate = cls.authority.issue(["localhost", "127.0.0.1", "::1"])
        cls.trusted = {"ca": cls.authority.file, **HERE}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def server(self, serve=OK, certificate=None, **rest):
        server = Server(serve, certificate or self.certificate, **rest)
        self.addCleanup(server.close)
        return server

    def plain(self, serve):
        server = Server(serve)
        self.addCleanup(server.close)
        return server

    def refused(self, answer, outcome, *words):
        self.assertEqual(answer.outcome, outcome, answer)
        self.assertEqual(answer.status, 502)
        self.assertEqual(int(answer.fields["content-length"]), len(answer.body))
        sentence = answer.body.decode()
        for word in ("found ", *words):
            self.assertIn(word, sentence)
        self.assertNotIn("\n", sentence)


class Answered(Scene):
    def test_request_and_answer_pass_and_rules_stay(self):
        server = self.server()
        url = f"https://localhost:{server.port}/a/b?c=%20d"
        answer = ask(url, method="POST", body=b"Action=X", fields={"Authorization": "Bearer t", "X-Date": "now"}, **self.trusted)
        self.assertEqual((answer.outcome, answer.status, answer.body), ("answered", 200, b'{"a":1}'), answer)
        self.assertEqual(answer.fields["content-type"], "application/json")
        self.assertLessEqual(int(answer.fields["courier-connect-ms"]), int(answer.fields["courier-latency-ms"]))
        sent = server.requests[0].decode()
        self.assertTrue(sent.startswith("POST /a/b?c=%20d HTTP/1.1\r\n"), sent)
        for line in (f"Host: localhost:{server.port}", "Authorization: Bearer t", "X-Date: now", "Accept-Encoding: identity",
                     "Content-Length: 8", "Connection: close"):
            self.assertIn(f"\r\n{line}\r\n", sent)
        self.assertIn("\r\nUser-Agent: credcached-courier/", sent)
        self.assertTrue(sent.endswith("\r\n\r\nAction=X"))
        self.assertNotIn("Courier-", sent)
        self.assertEqual(server.server_names, ["localhost"])
        self.assertEqual(server.protocols, ["http/1.1"])

    def test_an_address_is_verified_and_gets_no_server_name(self):
        server = self.server()
        self.assertEqual(ask(f"https://127.0.0.1:{server.port}/", **self.trusted).outcome, "answered")
        self.assertEqual(server.server_names, [None])

    def test_ipv6(self):
        try:
            server = self.server(address="::1")
        except OSError:
            self.skipTest("this machine has no IPv6 loopback")
        self.assertEqual(ask(f"https://[::1]:{server.port}/", **self.trusted).outcome, "answered")

    def test_every_status_is_an_answer_and_no_redirection_is_followed(self):
        elsewhere = self.server()
        for status in (b"300 Multiple Choices", b"302 Found", b"307 Temporary Redirect", b"401 Unauthorized", b"503 Busy"):
            location = b"Location: https://localhost:%d/\r\n" % elsewhere.port
            server = self.server(saying(whole(status, b"x", location)))
            answer = ask(f"https://localhost:{server.port}/", **self.trusted)
            self.assertEqual((answer.outcome, answer.status), ("answered", int(status[:3])))
            self.assertNotIn("location", answer.fields)
        self.assertEqual(elsewhere.requests, [])

    def test_only_some_fields_pass(self):
        fields = (b"Date: D\r\nRetry-After: 7\r\nX-Subject-Token: T\r\nWWW-Authenticate: W\r\nSet-Cookie: C\r\n"
                  b"Courier-Outcome: dns\r\nCourier-Latency-Ms: 1\r\nDate: second\r\n")
        server = self.server(saying(whole(b"201 Created", b"", fields)))
        answer = ask(f"https://localhost:{server.port}/", **self.trusted)
        self.assertEqual(set(answer.fields), {"courier-outcome", "courier-connect-ms", "courier-latency-ms", "date", "retry-after",
                                              "x-subject-token", "www-authenticate", "content-length"})
        self.assertEqual((answer.outcome, answer.fields["date"], answer.fields["x-subject-token"]), ("answered", "D", "T"))

    def test_framings_of_a_body(self):
        for text in (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nDate: trailer\r\n\r\n",
                     b"HTTP/1.1 200 OK\r\n\r\nabcde", b"HTTP/1.0 200 OK\r\n\r\nabcde",
                     b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde"):
            server = self.server(saying(text))
            answer = ask(f"https://localhost:{server.port}/", **self.trusted)
            self.assertEqual((answer.outcome, answer.status, answer.body), ("answered", 200, b"abcde"), answer)
            self.assertNotIn("date", answer.fields)
        server = self.server(saying(b"HTTP/1.1 204 No Content\r\n\r\n"))
        self.assertEqual(ask(f"https://localhost:{server.port}/", method="DELETE", **self.trusted).status, 204)

    def test_a_dripping_answer_that_ends_in_time(self):
        def drip(connection, _):
            for byte in whole(b"200 OK", b"abc"):
                connection.sendall(bytes([byte]))
                time.sleep(0.01)
        self.assertEqual(ask(f"https://localhost:{self.server(drip).port}/", **self.trusted).body, b"abc")

    def test_the_environment_counts_for_nothing(self):
        server = self.server()
        foreign = self.plain(proxy)
        environment = {"SSL_CERT_FILE": str(self.authority.file), "SSL_CERT_DIR": self.folder.name, "OPENSSL_CONF": "/nowhere",
                       "HTTPS_PROXY": f"http://127.0.0.1:{foreign.port}", "https_proxy": f"http://127.0.0.1:{foreign.port}",
                       "ALL_PROXY": f"http://127.0.0.1:{foreign.port}"}
        url = f"https://localhost:{server.port}/"
        self.refused(ask(url, environment=environment, **HERE), "tls_untrusted")
        self.assertEqual(ask(url, environment=environment, **self.trusted).outcome, "answered")
        self.assertEqual(foreign.requests, [])


class Certificates(Scene):
    def refused_for(self, certificate, outcome, *words, host="localhost", **rules):
        server = self.server(certificate=certificate)
        self.refused(ask(f"https://{host}:{server.port}/", **(rules or self.trusted)), outcome, *words)
        self.assertEqual(server.requests, [])

    def test_unknown_authority(self):
        self.refused_for(self.certificate, "tls_untrusted", "CN=Test Authority", "/etc/ssl/certs", "outgoing.ca", **HERE)

    def test_another_authority(self):
        other = Authority(pathlib.Path(self.folder.name), "Other")
        self.refused_for(other.issue(["localhost"]), "tls_untrusted", "CN=Other", str(self.authority.file))

    def test_self_signed(self):
        own = self.authority.own(["localhost"])
        self.refused_for(own, "tls_untrusted", "signed itself")
        server = self.server(certificate=own)
        self.assertEqual(ask(f"https://localhost:{server.port}/", ca=own, **HERE).outcome, "answered")

    def test_expired(self):
        end = -datetime.timedelta(hours=1)
        self.refused_for(self.authority.issue(["localhost"], end=end), "tls_expired", "which expired at 20", "clock")

    def test_not_begun(self):
        self.refused_for(self.authority.issue(["localhost"], begin=DAY, end=2 * DAY), "tls_expired", "begins at", "clock")

    def test_wrong_name(self):
        self.refused_for(self.authority.issue(["a.example", "*.b.example"]), "tls_name", "a.example, *.b.example", "localhost")
        self.refused_for(self.authority.issue(["localhost"]), "tls_name", "127.0.0.1", host="127.0.0.1")

    def test_a_name_of_the_subject_alone_does_not_count(self):
        self.refused_for(self.authority.issue(["other.example"], subject="localhost"), "tls_name")

    def test_own_authority_as_a_folder_of_hashed_names(self):
        folder = pathlib.Path(self.folder.name) / "hashed"
        folder.mkdir()
        (folder / "own.pem").write_bytes(self.authority.file.read_bytes())
        self.assertEqual(os.spawnlp(os.P_WAIT, "openssl", "openssl", "rehash", str(folder)), 0)
        server = self.server()
        self.assertEqual(ask(f"https://localhost:{server.port}/", ca=folder, **HERE).outcome, "answered")

    def test_authorities_that_cannot_be_read(self):
        for path in ("/nowhere/ca.pem", "/etc/hostname"):
            self.refused(ask("https://localhost:1/", ca=path, **HERE), "ca_unreadable", path, "outgoing.ca")

    def test_old_tls(self):
        server = self.server(newest=ssl.TLSVersion.TLSv1_1)
        self.refused(ask(f"https://localhost:{server.port}/", **self.trusted), "tls_failed", "1.2")


class Broken(Scene):
    def test_plain_http_on_the_port(self):
        listening = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listening.close)

        def answer_at_once():
            connection, _ = listening.accept()
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            connection.recv(1000)
            connection.close()
        threading.Thread(target=answer_at_once, daemon=True).start()
        self.refused(ask(f"https://localhost:{listening.getsockname()[1]}/", **self.trusted), "not_tls", "plain HTTP")

    def test_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
        self.refused(ask(f"https://127.0.0.1:{port}/", **self.trusted), "unreachable", f"127.0.0.1 port {port}", "refused")

    def test_no_such_name(self):
        answer = ask("https://nowhere.invalid/", **self.trusted)
        self.refused(answer, "dns", "nowhere.invalid")
        self.assertLess(answer.seconds, 3)

    def test_too_long(self):
        for text in (whole(b"200 OK", b"x" * 65537), b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 65537,
                     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"8000\r\n" + b"x" * 0x8000 + b"\r\n" + b"9000\r\n" +
                     b"x" * 0x9000 + b"\r\n0\r\n\r\n",
                     whole(b"200 OK", b"", b"X-Long: " + b"y" * 9000 + b"\r\n")):
            server = self.server(saying(text))
            self.refused(ask(f"https://localhost:{server.port}/", **self.trusted), "too_large")
        server = self.server(saying(whole(b"200 OK", b"x" * 65536)))
        self.assertEqual(len(ask(f"https://localhost:{server.port}/", **self.trusted).body), 65536)

    def test_no_whole_answer(self):
        text = whole(b"200 OK", b"abc", b"Date: D\r\n")
        for count in range(len(text)):
            with self.subTest(count=count):
                server = self.server(saying(text[:count]))
                self.refused(ask(f"https://localhost:{server.port}/", **self.trusted), "malformed")
        for text in (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"\x00" * 100, b"HTTP/1.1 101 Switching Protocols\r\n\r\n", whole(b"600 X"), whole(b"099 X"),
                     whole(b"200 OK", b"x", b"Content-Encoding: gzip\r\n"), b"HTTP/1.1 100 Continue\r\n\r\n" * 20):
            server = self.server(saying(text))
            self.refused(ask(f"https://localhost:{server.port}/", **self.trusted), "malformed")

    def test_an_end_that_was_not_said_ends_no_body_of_unknown_length(self):
        def cut(connection, _):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nabc")
            os.close(connection.detach())
        self.refused(ask(f"https://localhost:{self.server(cut).port}/", **self.trusted), "malformed")


class Slow(Scene):
    """Each phase has its time. They run at once, because they take it."""

    def test_phases(self):
        silent = socket.create_server(("127.0.0.1", 0))  # the kernel accepts, nobody answers
        full = socket.create_server(("127.0.0.1", 0), backlog=0)  # whose queue is full
        waiting = [socket.socket() for _ in range(3)]
        for s in waiting:
            s.setblocking(False)
            s.connect_ex(full.getsockname())
        mute = self.server(lambda connection, _: time.sleep(10))
        dripping = self.server(lambda connection, _: [(connection.sendall(b"x"), time.sleep(0.2)) for _ in range(60)])

        def endless(connection, _):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            for _ in range(60):
                connection.sendall(b"x")
                time.sleep(0.2)
        body = self.server(endless)
        mute_proxy = self.plain(lambda connection, _: time.sleep(10))
        cases = {
            "connect": (full.getsockname()[1], 2, {}), "tls": (silent.getsockname()[1], 3, {}), "mute": (mute.port, 5, {}),
            "dripping": (dripping.port, 5, {}), "body": (body.port, 5, {}),
            "proxy": (1, 3, {"proxy": f"http://127.0.0.1:{mute_proxy.port}"}),
        }
        answers = {}

        def one(name, port, rules):
            answers[name] = ask(f"https://localhost:{port}/", **self.trusted, **rules)
        threads = [threading.Thread(target=one, args=(name, port, rules)) for name, (port, _, rules) in cases.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for name, (_, seconds, _) in cases.items():
            with self.subTest(name):
                answer = answers[name]
                if name == "dripping" and answer.outcome == "malformed":
                    continue  # "xxx" is no beginning of an answer
                self.refused(answer, "timeout", f"{seconds} s")
                self.assertLess(abs(answer.seconds - seconds), 1.5)
        for s in (silent, full, *waiting):
            s.close()

    def test_who_does_not_say_what_is_wanted_is_left(self):
        ours, process = start()
        with ours:
            ours.sendall(b"GET https://localhost/ HT")
            self.assertEqual(process.wait(5), 1)

    def test_who_goes_away_is_not_waited_for(self):
        server = self.server(lambda connection, _: time.sleep(8))
        ours, process = start()
        ours.sendall(request(f"https://localhost:{server.port}/", **self.trusted))
        while not server.requests:
            time.sleep(0.01)
        ours.close()
        self.assertEqual(process.wait(2), 1)


class Proxies(Scene):
    def test_tunnel_and_login(self):
        server, way = self.server(), self.plain(proxy)
        answer = ask(f"https://localhost:{server.port}/", proxy=f"http://us:er:p@ss@127.0.0.1:{way.port}", **self.trusted)
        self.assertEqual(answer.outcome, "answered", answer)
        sent = way.requests[0].decode()
        self.assertTrue(sent.startswith(f"CONNECT localhost:{server.port} HTTP/1.1\r\nHost: localhost:{server.port}\r\n"), sent)
        self.assertIn("Proxy-Authorization: Basic dXM6ZXI6cEBzcw==\r\n", sent)
        self.assertNotIn("Proxy-Authorization", server.requests[0].decode())

    def test_the_proxy_looks_names_up(self):
        server = self.server(certificate=self.authority.issue(["nowhere.invalid"]))
        way = self.plain(proxy)
        answer = ask(f"https://nowhere.invalid:{server.port}/", proxy=f"http://127.0.0.1:{way.port}", **self.trusted)
        self.assertEqual(answer.outcome, "answered", answer)
        self.assertNotIn("Proxy-Authorization", way.requests[0].decode())

    def test_certificates_are_verified_through_it(self):
        server, way = self.server(), self.plain(proxy)
        self.refused(ask(f"https://localhost:{server.port}/", proxy=f"http://127.0.0.1:{way.port}", **HERE), "tls_untrusted")

    def test_around_it(self):
        server, way = self.server(), self.plain(proxy)
        for host, hosts in (("localhost", "*"), ("localhost", "x.example, LOCALHOST"), ("127.0.0.1", "127.0.0.0/8")):
            answer = ask(f"https://{host}:{server.port}/", proxy=f"http://127.0.0.1:{way.port}", no_proxy=hosts, **self.trusted)
            self.assertEqual(answer.outcome, "answered", answer)
        self.assertEqual(way.requests, [])

    def test_refusals(self):
        for text, *words in ((whole(b"407 Proxy Authentication Required", b"secret page"), "407", "password"),
                             (whole(b"403 Forbidden"), "403"), (whole(b"502 Bad Gateway"), "502"), (b"SSH-2.0-x\r\n\r\n",),
                             (b"", "HTTP proxy"), (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 9000, "endless")):
            way = self.plain(saying(text))
            answer = ask("https://nowhere.invalid/", proxy=f"http://127.0.0.1:{way.port}", **self.trusted)
            self.refused(answer, "proxy_refused", f"127.0.0.1 port {way.port}", *words)
            self.assertNotIn(b"secret page", answer.body)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
        self.refused(ask("https://a.example/", proxy=f"http://127.0.0.1:{port}"), "unreachable", "the proxy")
        for wrong in ("https://127.0.0.1:1", "127.0.0.1:1", "http://127.0.0.1", "http://[::1:1"):
            self.refused(ask("https://a.example/", proxy=wrong), "bad_request", "proxy")


class Policy(Scene):
    def test_what_is_never_asked(self):
        for host in ("169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "0.0.0.0", "224.0.0.1",
                     "[::]", "100.100.100.200", "[::ffff:127.0.0.1]"):
            everything = "0.0.0.0/0, ::/0, *"
            self.refused(ask(f"https://{host}/", allow_private=everything), "refused_address", host.strip("[]"))
            through = ask(f"https://{host}/", allow_private=everything, proxy="http://127.0.0.1:1")
            self.refused(through, "refused_address")

    def test_private_and_loopback_addresses_have_to_be_allowed(self):
        server = self.server()
        for host in ("localhost", "127.0.0.1"):
            for allowed in ("10.0.0.0/8", "other.example", ".ocalhost", ""):
                answer = ask(f"https://{host}:{server.port}/", ca=self.authority.file, allow_private=allowed)
                self.refused(answer, "refused_address", "outgoing.allowPrivate")
        for host, allowed in (("localhost", "127.0.0.0/8,::1"), ("localhost", "localhost"), ("127.0.0.1", "127.0.0.1"),
                              ("localhost", f"localhost:{server.port}")):
            answer = ask(f"https://{host}:{server.port}/", ca=self.authority.file, allow_private=allowed)
            self.assertEqual(answer.outcome, "answered", answer)
        self.refused(ask("https://10.255.255.1/"), "refused_address", "private")

    def test_plain_http_is_for_loopback_and_only_if_allowed(self):
        server = self.plain(OK)
        url = f"http://127.0.0.1:{server.port}/"
        self.refused(ask(url, **HERE), "bad_request", "https")
        self.assertEqual(ask(url, allow_http=1, **HERE).outcome, "answered")
        self.refused(ask("http://192.0.2.1/", allow_http=1, allow_private="*"), "refused_address", "plain HTTP")

    def test_requests_that_are_refused(self):
        good = request("https://localhost:1/", **HERE)
        for text in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", good.replace(b"GET", b"CONNECT"), good.replace(b"GET", b"TRACE"),
                     good.replace(b"HTTP/1.1", b"HTTP/1.0"), good.replace(b"https://localhost:1/", b"/"),
                     good.replace(b"https:", b"ftp:"), good.replace(b"Host: localhost", b"Host: other"),
                     good.replace(b"Host:", b"X-Host:"), good.replace(b"\r\nHost:", b"\r\nHost: localhost:1\r\nHost:"),
                     good.replace(b"Courier-Allow-Private", b"Courier-Allow-Everything"), good + b"x",
                     good.replace(b"\r\nHost:", b"\r\nUser-Agent: x\r\nHost:"), good.replace(b"\r\nHost:", b"\r\nTransfer-Encoding: chunked\r\nHost:"),
                     request("https://localhost:1/", ca="relative.pem"), request("https://localhost:1/", allow_http="yes"),
                     request("https://user@localhost:1/"), request("https://127.1/"), request("https://localhost:1/#f"),
                     request("https://localhost:1/", method="POST", body=b"x" * 65537),
                     request("https://localhost:1/", fields={"X": "x" * 32768}), b"GET https://localhost:1/" + b"x" * 70000):
            self.refused(ask_raw(text), "bad_request")


if __name__ == "__main__":
    courier.PROGRAM = sys.argv.pop(1)
    counted.main("courier")
