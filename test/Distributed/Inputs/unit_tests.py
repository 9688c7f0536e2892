"""The parts of tensorop.distributed that need no scheduler."""

import json
import os
import sys
import tempfile
import unittest
from unittest import mock

from tensorop import tools
from tensorop.distributed import __main__ as command
from tensorop.distributed.channel import JsonProcess, ProcessLost, describe_exit
from tensorop.distributed.search import Search


def python(code):
    return [sys.executable, "-c", code]


class Channel(unittest.TestCase):
    def lost(self, code, seconds=20):
        with self.assertRaises(ProcessLost) as caught:
            JsonProcess(python(code)).receive(seconds)
        return str(caught.exception)

    def test_messages_come_whole(self):
        process = JsonProcess(python(
            "import sys, time\n"
            "for part in ('{\"a\": ', '1}\\n{\"b\": 2}\\n'):\n"
            "    sys.stdout.write(part); sys.stdout.flush(); time.sleep(0.05)"))
        self.assertEqual([process.receive(20), process.receive(20)], [{"a": 1}, {"b": 2}])

    def test_ends_are_said(self):
        self.assertRegex(self.lost("raise SystemExit(3)"), "ended with exit code 3")
        self.assertRegex(self.lost("import os; os.kill(os.getpid(), 9)"), "killed by SIGKILL")
        self.assertRegex(self.lost("import time; time.sleep(60)", 0.2),
                         "did not answer within 0 s")
        self.assertRegex(self.lost("print('hello')"), "wrote no JSON: 'hello'")
        self.assertEqual(describe_exit(-200), "was killed by signal 200")

    def test_sending_to_one_that_ended_is_no_error(self):
        process = JsonProcess(python("pass"))
        process.process.wait()
        self.assertFalse(process.send({"event": "stop"}) and process.send({"event": "stop"}))


class Tools(unittest.TestCase):
    def test_the_folder_of_the_environment_is_the_only_one(self):
        with tempfile.TemporaryDirectory() as folder:
            with mock.patch.dict(os.environ, TENSOROP_BIN=folder):
                with self.assertRaisesRegex(tools.ToolMissing, "no 'sh' in"):
                    tools.find_tool("sh")
                path = os.path.join(folder, "sh")
                with open(path, "w") as file:
                    file.write("#!/bin/sh\n")
                os.chmod(path, 0o755)
                self.assertEqual(tools.find_tool("sh"), path)

    def test_path_is_the_last(self):
        with mock.patch.dict(os.environ):
            os.environ.pop("TENSOROP_BIN", None)
            self.assertTrue(tools.find_tool("sh").endswith("/sh"))
            with self.assertRaisesRegex(tools.ToolMissing, "PATH; TENSOROP_BIN names"):
                tools.find_tool("tensorop-no-such-tool")


class Searches(unittest.TestCase):
    def setUp(self):
        self.search = Search("name", python("import sys; sys.stdout.write(sys.stdin.read())"),
                             True, None, mock.Mock())
        self.search.search = {"time_limit": 10.0, "machine_hash": "m"}
        self.sent = []
        self.search.process.send = self.sent.append

    def tearDown(self):
        self.search.process.end()

    def test_tasks_have_names_of_their_own(self):
        ask = {"event": "ask", "id": 4}
        self.assertNotEqual(self.search.hand(ask), self.search.hand(ask))

    def test_time_is_that_of_all_measurements(self):
        self.assertEqual(self.search.seconds_for({"event": "ask"}), 80)
        compare = {"event": "compare", "plans": ["a", "b"], "rounds": 3}
        self.assertEqual(self.search.seconds_for(compare), 120)

    def test_what_no_worker_survives_is_told(self):
        self.search.hand({"event": "ask", "id": 4})
        self.search.losses[4] = ["a", "b"]
        self.search.tell_lost(4)
        self.search.hand({"event": "compare", "id": 5, "plans": ["p", "q"]})
        self.search.tell_lost(5)
        crashed, compared = self.sent
        self.assertEqual(crashed["outcome"], "crashed")
        self.assertEqual(crashed["diagnostic"], "2 workers were lost with this candidate: a, b")
        self.assertEqual((compared["id"], compared["samples"]), (5, [[], []]))
        self.assertFalse(self.search.handed or self.search.tasks or self.search.losses)
        json.dumps(self.sent)


class CommandLine(unittest.TestCase):
    def options(self, *arguments):
        parser, options = command.parse([__file__, *arguments])
        command.validate(parser, options)
        return options

    def test_what_follows_from_the_options(self):
        options = self.options("--adapt=2:5", "--trials=7", "--db=x", "--cold")
        self.assertEqual((options.least, options.most, options.in_flight), (2, 5, 10))
        self.assertEqual(options.tune, ["--trials=7", "--db=x", "--cold"])
        self.assertEqual(options.targets, ["native"])
        self.assertEqual(self.options().workers, 1)
        self.assertEqual(self.options("--scheduler=tcp://head:8786").in_flight, 16)


unittest.main()
