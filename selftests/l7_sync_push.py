# SPDX-License-Identifier: GPL-2.0
"""Policies on their way between directors: commands of l7_sync.py."""
import l7_sync_frames as frames
import l7_wire as wire
from l7_director import B


class Pushing:
    """Of the link: what other nodes push to director B, and say of what it pushes."""

    def pushed(self, push, data, of):
        """What B says of a set that node 9 pushes."""
        node = self.nodes[9]
        self.forget()
        for index in reversed(range((len(data) + 1023) // 1024)):
            node.send(wire.pushed(push, data, index, of))
        for answer in self.bodies(node, wire.POLICY_ANSWER):
            to, number, *said = wire.push_answer_of(answer)
            if (to, number) == (node.node, push) and said[0] == wire.ASKS:
                node.send(wire.take(B, push, wire.token_of(answer)))
            elif (to, number) == (node.node, push):
                return said
        raise AssertionError("B says nothing of push %d" % push)

    def bodies(self, node, wanted, *seconds):
        """Bodies of a kind of frame, as B sends them; meanwhile @node is alive."""
        for data in self.heard(*seconds):
            node.say_hello()
            if wire.Header.of(data).node == B:
                for kind, body in wire.frames_of(self.key.open(data)):
                    if kind == wanted:
                        yield body

    def pushes(self, first):
        """pushes NUMBER: all sets of l7_sync_frames.pushes(); B must refuse each as it says there; answers how many"""
        bad, push = [], int(first)
        for what, data, of, reason, port, words in frames.pushes(self.vip):
            push += 1
            got = self.pushed(push, data, of)
            if got[:4] != [wire.REFUSED, reason, port, 0] or words not in got[4]:
                bad.append("%s: %s, wanted %s" % (what, got, (reason, port, words)))
        assert not bad, "; ".join(bad)
        self.answer(push - int(first))

    def confirms_late(self, push, seconds):
        """confirms_late NUMBER SECONDS: node 9 pushes a set of one policy; B asks whether that is still wanted. What
        node 9 says counts only if it is of this question, to B, within ten seconds: what it does wrong, B must not
        answer; then it is right, after SECONDS. Answers the status that B tells, 0 if it tells none"""
        node, push = self.nodes[9], int(push)
        token = self.question_about(node, push)
        node.send(wire.take(B, push, token ^ 1) + wire.take(B, push, 0) + wire.take(B, push + 1, token) +
                  wire.take(9, push, token))
        said = self.says_of(node, push, float(seconds))
        assert not said, "B took it over: %s" % said
        node.send(wire.take(B, push, token))
        said = self.says_of(node, push, 2)
        self.answer(said[0] if said else 0)

    def question_about(self, node, push):
        """B's, about a set of one policy that is pushed"""
        self.forget()
        node.send(self.one_policy(push))
        return next(wire.token_of(a) for a in self.bodies(node, wire.POLICY_ANSWER)
                    if wire.push_answer_of(a)[:3] == (9, push, wire.ASKS))

    def one_policy(self, push):
        return wire.pushed(push, wire.policy_set(wire.policy(self.vip, 91, wire.key_rule(2, b"SID"))))

    def confirms_refused(self, push):
        """confirms_refused NUMBER: node 9 pushes a set; B asks; "asked". Then B pushes its own: it refuses that of node 9,
        which says that it is still wanted when B has given up. Answers the status that B tells then, 0 if it tells none"""
        node, push = self.nodes[9], int(push)
        token = self.question_about(node, push)
        self.answer("asked")
        self.answers.flush()
        next(self.bodies(node, wire.POLICY))
        node.send(self.one_policy(push))
        assert self.says_of(node, push, 2)[:2] == [wire.REFUSED, 5], "B does not refuse it"
        self.await_silence(node)
        node.send(wire.take(B, push, token))
        said = self.says_of(node, push, 2)
        self.answer(said[0] if said else 0)

    def await_silence(self, node):
        """Until B pushes no more."""
        while any(True for _ in self.bodies(node, wire.POLICY, 1)):
            pass

    def says_of(self, node, push, seconds):
        """How B answers a push in this time; None if it does not"""
        for body in self.bodies(node, wire.POLICY_ANSWER, seconds):
            to, number, *said = wire.push_answer_of(body)
            if (to, number) == (node.node, push) and said[0] != wire.ASKS:
                return said
        return None

    def ignores_push(self, push):
        """ignores_push NUMBER: node 9 pushes a set; B says nothing of it"""
        node = self.nodes[9]
        self.forget()
        node.send(wire.pushed(int(push), wire.policy_set(b"")))
        for data in self.heard(0.5):
            node.say_hello()
            assert wire.Header.of(data).node != B or wire.POLICY_ANSWER not in dict(
                wire.frames_of(self.key.open(data))), "B answers"

    def accept(self, node):
        """accept NODE: it says that it accepts policies, and has others"""
        n = self.nodes[int(node)]
        n.features, n.config, n.said_hello = wire.TAKES_POLICIES, 12345, 0.0
        n.say_hello()

    def refuse(self, node, port, *words):
        """refuse NODE PORT WORD...: it refuses what B pushes, for that service; answers bytes and pieces"""
        n, got = self.nodes[int(node)], {}
        for body in self.bodies(n, wire.POLICY):
            push, index, pieces, total, data = wire.piece_of(body)
            got[index] = data
            if len(got) == pieces:
                assert sum(map(len, got.values())) == total, "pieces of %d bytes" % total
                n.send(wire.push_answer(B, self.b_epoch, push, wire.REFUSED, 3, (self.vip, int(port)),
                                        0, " ".join(words).encode()))
                self.answer(total, pieces)
                return
        raise AssertionError("B pushed %d pieces" % len(got))

    def asks_late(self, node):
        """asks_late NODE: it has got what B pushes, and asks whether that is still wanted, and again once B has said that it
        did not answer; answers how often B says so"""
        n = self.nodes[int(node)]
        push = next(wire.piece_of(body)[0] for body in self.bodies(n, wire.POLICY))
        counts = [self.told_to_take(n, push, 4711)]
        self.await_silence(n)
        self.answer(*counts, self.told_to_take(n, push, 4712))

    def told_to_take(self, node, push, token):
        node.send(wire.push_answer(B, self.b_epoch, push, wire.ASKS, token=token))
        return sum(wire.take_of(body) == (node.node, push, token)
                   for body in self.bodies(node, wire.POLICY_TAKE, 1))
