"""Against a real server, whose address and tokens scripts/test_server.sh puts into the environment."""

import http.server
import os
import pathlib
import re
import threading
import unittest
import uuid

from personalization_store import Client, Problem, Settings, user_token

URL = os.environ["STORE_URL"]
TOKEN = os.environ["STORE_TOKEN"]
README = pathlib.Path(__file__).parent.parent / "README.md"


class ClientTests(unittest.TestCase):
    def setUp(self) -> None:
        self.client = Client(URL, TOKEN)
        self.addCleanup(self.client.close)
        self.user = "python-" + uuid.uuid4().hex[:8]

    def rank_until_ready(self) -> None:
        while not self.client.progress(self.user, space="v6").ready:
            for first, second in self.client.pairs(self.user, space="v6", count=10):
                self.client.rank(self.user, first, second, space="v6")

    def test_a_user_ranks_until_a_prompt_resolves(self) -> None:
        with self.assertRaises(Problem) as caught:
            self.client.resolve("x --p", self.user)
        self.assertEqual((caught.exception.status, caught.exception.kind), (409, "notEnoughData"))
        self.rank_until_ready()
        resolution = self.client.resolve("x --p", self.user)
        [(code, weight)] = resolution.codes
        self.assertEqual((resolution.prompt, weight), (f"x --p {code}", 1))
        self.assertEqual([one.code for one in self.client.codes(self.user, space="v6")], [code])
        self.client.label(self.user, code, "wärme", space="v6")
        self.assertEqual(self.client.version(code)["label"], "wärme")
        self.client.revoke(self.user, code, space="v6")
        with self.assertRaises(Problem) as caught:
            self.client.resolve(f"x --p {code}", "another")
        self.assertEqual(caught.exception.kind, "revokedCode")
        self.client.restore(self.user, code, space="v6")

    def test_the_same_event_is_written_once(self) -> None:
        [(first, second)] = self.client.pairs(self.user, space="v6")
        event_id = str(uuid.uuid4())
        one = self.client.rank(self.user, first, second, space="v6", event_id=event_id)
        two = self.client.rank(self.user, first, second, space="v6", event_id=event_id)
        self.assertEqual((one.position, one.is_repeat, two.is_repeat), (two.position, False, True))
        self.client.retract(self.user, one.position, space="v6")
        self.assertEqual(self.client.progress(self.user, space="v6").rankings, 0)

    def test_one_of_four_is_picked_another_slate_skipped_and_all_of_it_let_go(self) -> None:
        four = [image for pair in self.client.pairs(self.user, space="v6", count=8) for image in pair]
        shown = list(dict.fromkeys(four))[:4]
        self.client.pick(self.user, [shown[1]], shown, space="v6")
        progress = self.client.progress(self.user, space="v6")
        self.assertEqual((progress.have, progress.stability), (3, None))
        [(first, second)] = self.client.pairs(self.user, space="v6")
        self.client.skip(self.user, [first, second], space="v6")
        self.assertNotIn((first, second), self.client.pairs(self.user, space="v6", count=64))
        [pair] = self.client.pairs(self.user, space="v6", images=["sample/001", "sample/002"])
        self.assertEqual(sorted(pair), ["sample/001", "sample/002"])
        self.client.reset(self.user, space="v6")
        self.assertEqual(self.client.progress(self.user, space="v6").have, 0)

    def test_a_user_token_is_good_for_its_user_only(self) -> None:
        token = user_token(self.user, os.environ["STORE_KEY_ID"], os.environ["STORE_SECRET"])
        with Client(URL, token) as client:
            self.assertFalse(client.progress(self.user, space="v6").ready)
            with self.assertRaises(Problem) as caught:
                client.progress("another", space="v6")
            self.assertEqual(caught.exception.status, 403)

    def test_a_profile_is_shared_put_away_and_one_of_several(self) -> None:
        made = self.client.create_profile(self.user, "evenings", space="v6", label="Warm")
        self.assertEqual((made.name, made.label, made.is_board, made.code), ("evenings", "Warm", False, None))
        self.client.label_profile(self.user, "evenings", "Cool", space="v6")
        board = self.client.create_board(self.user, "harbours", ["sample/001"], space="v6")
        self.assertTrue(board.is_board)
        self.assertEqual(
            self.client.add_to_board(self.user, "harbours", ["sample/002"], space="v6"), ["sample/001", "sample/002"])
        self.client.remove_from_board(self.user, "harbours", ["sample/001"], space="v6")
        self.assertEqual(self.client.board(self.user, "harbours", space="v6"), ["sample/002"])
        with self.assertRaises(Problem) as caught:
            self.client.resolve(f"x --p {board.reference}", "another")
        self.assertEqual(caught.exception.kind, "unknownCode")
        self.assertTrue(self.client.share_profile(self.user, "harbours", space="v6").is_shared)
        [(code, _)] = self.client.resolve(f"x --p {board.reference}", "another").codes
        self.assertFalse(self.client.unshare_profile(self.user, "harbours", space="v6").is_shared)
        self.client.archive_profile(self.user, "evenings", space="v6")
        self.assertEqual([(one.name, one.code) for one in self.client.profiles(self.user)], [("harbours", code)])
        self.client.restore_profile(self.user, "evenings", space="v6")
        named = self.client.profiles(self.user, space="v6", archived=True)
        self.assertEqual([(one.name, one.label) for one in named], [("evenings", "Cool"), ("harbours", None)])
        wanted = Settings(always=True, profiles=(("harbours", 2), ("evenings", 1)))
        self.client.set_settings(self.user, wanted, space="v6")
        self.assertEqual(self.client.settings(self.user, space="v6"), wanted)
        self.assertEqual(len(self.client.info(self.user)["profiles"]), 2)

    def test_a_user_is_erased_now_or_later_or_not(self) -> None:
        [(first, second)] = self.client.pairs(self.user, space="v6")
        self.client.rank(self.user, first, second, space="v6")
        due = self.client.schedule_erasure(self.user)
        self.assertEqual(self.client.erasure_due(self.user), due)
        with self.assertRaises(Problem) as caught:
            self.client.like(self.user, first, space="v6")
        self.assertEqual((caught.exception.status, caught.exception.kind), (409, "erasureScheduled"))
        self.client.cancel_erasure(self.user)
        self.assertIsNone(self.client.erasure_due(self.user))
        self.client.like(self.user, first, space="v6")
        self.assertEqual(len(self.client.download(self.user)["profiles"][0]["events"]), 3)
        self.assertEqual(len(self.client.erase(self.user)["erasures"]), 1)
        self.assertEqual(self.client.info(self.user)["profiles"], [])

    def test_what_the_log_signs_is_given_byte_for_byte(self) -> None:
        origin = self.client.verifier_key().split("+")[0]
        checkpoint = self.client.checkpoint()
        name, size, *_ = checkpoint.split("\n")
        self.assertEqual(name, origin)
        self.rank_until_ready()
        [(code, _)] = self.client.resolve("x --p", self.user).codes
        self.assertTrue(self.client.consistency(checkpoint).startswith(f"old {size}\n"))
        self.assertTrue(self.client.proof(code).startswith("c2sp.org/tlog-proof@v1\n"))
        with self.assertRaises(Problem) as caught:
            self.client.consistency(checkpoint.replace(f"\n{size}\n", "\n1\n"))
        self.assertEqual(caught.exception.kind, "proof")

    def test_names_may_have_any_characters(self) -> None:
        user = self.user + "/ü ?&"
        [(first, second)] = self.client.pairs(user, space="v6")
        self.client.like(user, first, space="v6")
        self.assertEqual(self.client.progress(user, space="v6").likes, 1)
        self.client.unlike(user, first, space="v6")

    def test_the_readme_runs(self) -> None:
        [code] = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
        exec(compile(code, str(README), "exec"), {})

    def test_no_server_is_a_problem(self) -> None:
        with Client("http://127.0.0.1:9", attempts=2) as client, self.assertRaises(Problem) as caught:
            client.progress("x", space="v6")
        self.assertEqual(caught.exception.kind, "offline")


class RetryTests(unittest.TestCase):
    def test_a_busy_server_is_asked_again_unless_that_could_write_twice(self) -> None:
        counts: list[str] = []

        class Busy(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                counts.append(self.path)
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(503)
                self.send_header("Retry-After", "0")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Busy)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        with Client(f"http://127.0.0.1:{server.server_port}", attempts=3) as client:
            with self.assertRaises(Problem):
                client.rank("a", "b", "c", space="s")
            self.assertEqual(len(counts), 3)
            with self.assertRaises(Problem):
                client.append([{"kind": "like"}])
            self.assertEqual(len(counts), 4)


if __name__ == "__main__":
    unittest.main()
