"""Streams, references, effective sets and mints, from docs/format.md, section 3: what the records say together."""
import hashlib
import struct

import codes
import folds
from records import KINDS, OPENING, Damage

IMAGE, VERSION, LISTED, ANY = {2}, {7, 17}, {7, 8}, set(KINDS)
# Which records each kind names, and of which kinds those may be; None: one that was erased will do as well.
REFERENCES = {
    3: lambda b: [(b["space"], {1})], 10: lambda b: [(b["space"], {1})],
    4: lambda b: [(b["winner"], IMAGE), (b["loser"], IMAGE)],
    5: lambda b: [(b["image"], IMAGE)], 6: lambda b: [(b["image"], IMAGE)],
    7: lambda b: ([(b["previous_mint"], LISTED)] if b["previous_mint"] else [])
    + ([(b["as_of"], ANY | {None})] if b["house"] else []),
    8: lambda b: [(b["previous_mint"], LISTED), (b["mint"], VERSION)],
    11: lambda b: [(mint, VERSION | {None}) for mint, _ in b["pinned"]],
    12: lambda b: [(b["mint"], VERSION)] if b else [], 13: lambda b: [(b["mint"], VERSION)], 14: lambda b: [(b["mint"], VERSION)],
    15: lambda b: [(b["mint"], VERSION)] + ([(b["resumes_at"], ANY)] if b["resumes_at"] else []),
    16: lambda b: [(b["event"], {4, 5, 6, 19})], 18: lambda b: [(b["mint"], VERSION)] if b["mint"] else [],
    19: lambda b: [(image, IMAGE) for image in b["shown"]], 20: lambda b: [(image, IMAGE) for image in b["shown"]],
    21: lambda b: [(b["mint"], {7})] if b["mint"] else [], 23: lambda b: [(b["event"], ANY)]}


class History:
    """All records of a log, followed from the first to the last; `findings` is everything that is wrong."""

    def __init__(self, secret):
        self.secret, self.records, self.findings = secret, [None], []
        self.heads, self.mints, self.issued = {}, {}, {}
        self.by_id = {}
        self.spaces = {}
        # Streams of profiles that are boards, and of those that are put away.
        self.boards, self.archived = set(), set()
        self.folded = 0

    def __getitem__(self, position):
        if not 1 <= position < len(self.records) or self.records[position] is None:
            raise Damage(f"there is no record at {position}")
        return self.records[position]

    def report(self, position, text):
        self.findings.append(f"position {position}: {text}")

    # Following the log

    def add(self, record):
        last = self.records[-1]
        self.records.append(record)
        if last and record.time < last.time:
            self.report(record.position, "made before the record before it")
        if record.kind is None:
            return
        if record.kind not in OPENING:
            head = self.heads.get(record.stream)
            if head is None or head.position != record.previous or head.revision + 1 != record.revision:
                self.report(record.position, "does not follow the last event of its stream")
            if head is not None and head.is_personal != record.is_personal:
                self.report(record.position, "a person's record in a stream of another kind, or the reverse")
        self.heads[record.stream] = record
        if record.stream in self.archived and record.kind not in (12, 13, 14, 24):
            self.report(record.position, "an event of a profile that is put away")
        if record.stream in self.boards and record.kind in (4, 19, 20, 23):
            self.report(record.position, "an event that a board does not take")
        if not (record.is_erased and record.kind in (12, 17)):
            for target, kinds in REFERENCES.get(record.kind, lambda body: [])(record.body):
                self._reference(record, target, kinds)
        if record.kind == 1:
            self.spaces[record.position] = Space(record.body)
        elif record.kind == 2:
            if self.by_id.setdefault((record.stream, record.body["id"]), record.position) != record.position:
                self.report(record.position, "an image that is registered twice")
        elif record.kind == 24:
            self._change_profile(record)
        elif record.kind in LISTED:
            if record.body["previous_mint"] != self.mints.get(record.stream, 0):
                self.report(record.position, "does not follow the last mint of its stream")
            self.mints[record.stream] = record.position

    def _change_profile(self, record):
        """What is said of a profile as a whole."""
        opening, body = self[record.stream], record.body
        if opening.kind != 3 or not opening.body["user"]:
            self.report(record.position, "says something of what is nobody's profile")
            return
        names = opening.body["user"], self.spaces[opening.body["space"]].name, opening.body["profile"]
        if body["reference"] != codes.reference_bits(codes.profile_digest(self.secret, *names)):
            self.report(record.position, "has the reference of another profile")
        if record.revision == 2 and body["flags"] & 1:
            self.boards.add(record.stream)
        if bool(body["flags"] & 1) != (record.stream in self.boards):
            self.report(record.position, "makes a profile a board, or no board, that was opened before")
        (self.archived.add if body["flags"] & 2 else self.archived.discard)(record.stream)

    def _reference(self, record, target, kinds):
        if not 0 < target < record.position:
            self.report(record.position, f"refers to {target}, which is not before it")
        elif self.records[target] is not None and self.records[target].kind not in kinds:
            self.report(record.position, f"refers to {target}, which is a {KINDS.get(self.records[target].kind)}")

    def salt(self, record):
        return self[record.stream].salt if record.is_personal and record.kind else None

    # Erasures

    def check_erasures(self, finished):
        """Whoever's records are erased, a later event says so; and what an event names is erased, once it is carried out.

        `finished` is the last event that is carried out, with all before it; 0 before the first.
        """
        events = [record for record in self.records[1:] if record and record.kind == 25]
        if finished and finished not in [event.position for event in events]:
            self.report(finished, "erases nobody, and is said to be carried out")
        named = {position for event in events for position in event.body["records"]}
        for record in self.records[1:]:
            if record is None or not record.is_erased:
                continue
            if record.kind is not None and record.position not in named:
                self.report(record.position, "erased, and no event says so")
            # Whose it was nothing says, but it came after the opening of a stream that a later event names.
            if record.kind is None and not any(
                    event.body["streams"] and event.body["streams"][0] <= record.position < event.position
                    for event in events):
                self.report(record.position, "erased, and no later event says so")
        for event in events:
            for position in event.body["streams"] + event.body["records"]:
                if position >= event.position:
                    self.report(event.position, f"erases {position}, which is not before it")
                elif event.position <= finished and self.records[position] and not self.records[position].is_erased:
                    self.report(position, f"is there, though the event at {event.position} erased it")

    # Versions

    def check_versions(self):
        for record in self.records[1:]:
            try:
                if record and record.kind in (7, 17) and "version" in record.body:
                    self._check_version(record)
                elif record and record.kind == 8:
                    mint = self[record.body["mint"]]
                    if mint.kind == 7 and mint.stream != record.stream:
                        raise Damage("recalls another profile's version")
                    self._check_fold(record, codes.Version(mint.body["version"]))
            except (Damage, ValueError, KeyError, TypeError, struct.error) as flaw:
                self.report(record.position, f"{flaw or type(flaw).__name__}")

    def _check_version(self, record):
        version = codes.Version(record.body["version"])
        opening = self[record.stream]
        space = self.spaces[record.stream if record.kind == 17 else opening.body["space"]]
        if version.space != space.id or len(version.direction) != space.d:
            raise Damage("a version of another space")
        if not 500 <= version.confidence <= 999 or version.comparisons > min(version.rankings + version.likes, 262144):
            raise Damage("a version whose numbers cannot be")
        code = codes.code(version.hash, record.body["symbols"])
        known = self.issued.setdefault(code, version.hash)
        shorter = record.body["symbols"] - 1
        if known != version.hash:
            raise Damage(f"the code {code} was another version's before")
        if shorter >= 12 and self.issued.get(codes.code(version.hash, shorter), version.hash) == version.hash:
            raise Damage(f"the code {code} is longer than it need be")
        if record.kind == 7:
            name = opening.body
            if version.profile != codes.profile_digest(self.secret, name["user"], space.name, name["profile"]):
                raise Damage("a version of another profile")
            self._check_fold(record, version)

    def _check_fold(self, record, version):
        """Folds the stream again and compares all bytes."""
        opening = self[record.stream]
        space = self.spaces[opening.body["space"]]
        if version.fold == b"HM1\0":
            made = self._house(record, space)
            if made is None:
                return
            rankings, likes, payload = made
        else:
            house, tag = None, b""
            if record.stream in self.boards and version.fold != b"DL1\0":
                raise Damage("a board's mint by another fold")
            if version.fold == b"HP1\0":
                house, tag = self._version_by_hash(version.house), version.house
            at = record.previous
            while self[at].revision > record.body["covers"]:
                at = self[at].previous
            taste, rankings, likes = self.taste(at, opening, house)
            payload = taste.payload(version.fold, space.id, tag)
        if codes.version_bytes(version.profile, rankings, likes, payload) != version.data:
            raise Damage("the fold of the log is another version")
        self.folded += 1

    def _version_by_hash(self, digest):
        for record in self.records[1:]:
            if record and "version" in record.body and hashlib.sha256(record.body["version"]).digest() == digest:
                return codes.Version(record.body["version"])
        raise Damage("the house that the version starts from is not there")

    def _house(self, record, space):
        """The house of a space as of a position; None when some of its contributors were erased."""
        as_of = record.body["as_of"]
        if any(other.kind is None for other in self.records[1 : as_of + 1] if other):
            return None
        last = {}
        for other in self.records[1 : as_of + 1]:
            if other and other.is_personal and other.kind:
                last[other.stream] = other.position
        tastes = []
        for stream, at in last.items():
            opening = self[stream]
            if opening.kind != 3 or opening.body["space"] != self[record.stream].body["space"] or not opening.body["user"]:
                continue
            if stream in self.boards:
                continue
            taste, rankings, likes = self.taste(at, opening)
            if taste.comparisons >= 20:
                digest = codes.profile_digest(self.secret, opening.body["user"], space.name, opening.body["profile"])
                tastes.append((hashlib.sha256(b"house" + digest).digest(), taste, rankings, likes))
        chosen = sorted(tastes, key=lambda taste: taste[0])[:4096]
        if len(chosen) != record.body["contributors"]:
            raise Damage(f"a house of {record.body['contributors']} contributors, and {len(chosen)} are there")
        taste = folds.house(space.fold, [taste[1] for taste in chosen])
        rankings, likes = (min(sum(taste[i] for taste in chosen), 2**32 - 1) for i in (2, 3))
        return rankings, likes, taste.payload(b"HM1\0", space.id)

    def taste(self, at, opening, house=None):
        """The fold of a profile's stream at an event, and how many rankings and likes are effective."""
        own = opening.body["space"]
        rankings, likes = self.effective_set(at, own)
        space, user = self.spaces[own], opening.body["user"]
        found = []
        for winner, loser in rankings:
            one, other = self[winner].body, self[loser].body
            key = hashlib.sha256(one["id"].encode() + b"\0" + other["id"].encode()).digest()
            found.append((key, [a - b for a, b in zip(one["embedding"], other["embedding"])]))
        is_board = opening.position in self.boards
        liked = [image for image in likes if is_board or self[image].body["author"] != user]
        for image in liked:
            body = self[image].body
            key = hashlib.sha256(body["id"].encode() + b"\0").digest()
            found.append((key, [a - b for a, b in zip(body["embedding"], space.mean)]))
        differences = [z for _, z in sorted(found) if any(z)]
        return folds.fold(space.fold, differences, house), len(rankings), len(liked)

    def effective_set(self, at, own):
        """Rankings as (winner, loser) and liked images, of the profile's own space."""
        rankings, likes, retracted, adopted = {}, {}, set(), None
        while at:
            record, body = self[at], self[at].body
            at = record.previous
            counts = record.position not in retracted
            if record.kind == 4 and counts:
                self._rank(rankings, body["winner"], body["loser"], own)
            elif record.kind == 19 and counts:
                for i, winner in enumerate(body["shown"]):
                    for j, loser in enumerate(body["shown"]):
                        if body["chosen"][i] and not body["chosen"][j]:
                            self._rank(rankings, winner, loser, own)
            elif record.kind in (5, 6) and counts:
                image = self._own_image(body["image"], own)
                if image:
                    likes.setdefault(image, record.kind == 5)
            elif record.kind == 15:
                at = body["resumes_at"]
                if at >= record.position:
                    raise Damage("a revert that does not lead back")
            elif record.kind == 16:
                retracted.add(body["event"])
            elif record.kind == 23 and adopted is None:
                adopted = body["event"]
                if adopted >= record.position:
                    raise Damage("an adoption that does not lead back")
            elif record.kind == 22:
                at = 0
            if not at and adopted:
                at, adopted, retracted = adopted, None, set()
        return list(rankings.values()), [image for image, is_liked in likes.items() if is_liked]

    def _rank(self, rankings, winner, loser, own):
        winner, loser = self._own_image(winner, own), self._own_image(loser, own)
        if winner and loser and winner != loser:
            rankings.setdefault(frozenset((winner, loser)), (winner, loser))

    def _own_image(self, image, own):
        """The image itself, or the one of the same id in the profile's own space."""
        record = self[image]
        return image if record.stream == own else self.by_id.get((own, record.body["id"]))


class Space:
    """A space as its definition says, with the id that its content gives it."""

    def __init__(self, body):
        self.name, self.d, self.mean = body["name"], body["d"], body["mean"]
        self.fold = folds.Space(body["mean"], body["panel"])
        text = b"space\0" + self.name.encode() + b"\0" + struct.pack("<HH", self.d, len(body["panel"]))
        for numbers in [self.mean, *(numbers for pair in body["panel"] for numbers in pair)]:
            text += struct.pack(f"<{self.d}h", *numbers)
        self.id = hashlib.sha256(text).digest()
