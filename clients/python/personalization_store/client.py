"""Requests to a server, tried again where that is harmless, and what it answers as typed values."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import time
import urllib.parse
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any


class Problem(Exception):
    """Why the server did not do what it was asked: a problem document (RFC 9457), or no answer at all (status 0)."""

    def __init__(self, status: int, kind: str, detail: str, members: dict[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.members = members or {}


@dataclass(frozen=True)
class Receipt:
    """Where an event is in the log. It is durable when there is a receipt."""

    position: int
    stream_version: int
    recorded_at: str
    is_repeat: bool


@dataclass(frozen=True)
class Resolution:
    """A prompt with its codes written out, and the taste to steer by (`direction` is in Q14)."""

    prompt: str
    model: str | None
    stylize: int
    minted: bool
    codes: list[tuple[str, int]]
    strength: float | None
    direction: list[int] | None


@dataclass(frozen=True)
class Progress:
    """How far it is to the first code."""

    have: int
    need: int
    rankings: int
    likes: int
    ready: bool
    confidence: int
    stability: int | None
    """In thousandths; none below 5 comparisons."""


@dataclass(frozen=True)
class Code:
    """One of a user's codes."""

    code: str
    label: str | None
    recorded_at: str
    comparisons: int
    confidence: int
    revoked: bool


@dataclass(frozen=True)
class Profile:
    """A profile, or a board, which is made of images alone."""

    space: str
    name: str
    reference: str
    """What prompts can call it for ever: its newest code at the moment."""
    label: str | None
    is_board: bool
    is_archived: bool
    is_shared: bool
    code: str | None
    """The newest code; none before the first."""


@dataclass(frozen=True)
class Settings:
    """What a user has set in a space."""

    always: bool = False
    """Whether every prompt is personalized, as if it had --p."""
    own_choices_only: bool = False
    """Whether new codes start from the user's own choices only."""
    profiles: tuple[tuple[str, int], ...] = (("default", 1),)
    """The profiles that --p means, with their weights."""
    pinned: tuple[tuple[str, int], ...] = ()
    """The codes that a bare --p means instead, with their weights."""


class Client:
    """A server and a token. Keeps one connection; use a client per thread.

    A request that changes nothing, or that has an event id, is tried again when the connection breaks or the server is
    busy, up to `attempts` times.
    """

    def __init__(self, address: str, token: str | None = None, *, timeout: float = 30, attempts: int = 4) -> None:
        parts = urllib.parse.urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"'{address}' is no address; give one such as http://127.0.0.1:8080")
        make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = make(parts.hostname, parts.port, timeout=timeout)
        self._token = token
        self._attempts = attempts

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    # Choices

    def rank(
        self, user: str, winner: str, loser: str, *, space: str, profile: str = "default", event_id: str | None = None
    ) -> Receipt:
        """Says that a user prefers an image to another."""
        return self._choice("rank", user, space, profile, event_id, winner=winner, loser=loser)

    def like(
        self, user: str, image: str, *, space: str, profile: str = "default", event_id: str | None = None
    ) -> Receipt:
        """Says that a user likes an image."""
        return self._choice("like", user, space, profile, event_id, image=image)

    def unlike(
        self, user: str, image: str, *, space: str, profile: str = "default", event_id: str | None = None
    ) -> Receipt:
        """Takes a like back."""
        return self._choice("unlike", user, space, profile, event_id, image=image)

    def pick(
        self,
        user: str,
        chosen: list[str],
        shown: list[str],
        *,
        space: str,
        profile: str = "default",
        event_id: str | None = None,
    ) -> Receipt:
        """Says which of 2 to 16 images shown together a user chose: each is preferred to each that was not."""
        return self._choice("pick", user, space, profile, event_id, chosen=chosen, shown=shown)

    def skip(
        self, user: str, shown: list[str], *, space: str, profile: str = "default", event_id: str | None = None
    ) -> Receipt:
        """Says that a user chose none of the images shown: they are not asked about again."""
        return self._choice("skip", user, space, profile, event_id, shown=shown)

    def _choice(
        self, kind: str, user: str, space: str, profile: str, event_id: str | None, **members: str | list[str]
    ) -> Receipt:
        event = {"kind": kind, "user": user, "space": space, "profile": profile, **members}
        # With an id, sending the event again writes nothing twice.
        event["eventID"] = event_id or str(uuid.uuid4())
        return self.append([event])[0]

    def append(self, events: Iterable[dict[str, Any]]) -> list[Receipt]:
        """Appends events of the interchange format: all of them or none."""
        batch = list(events)
        repeats = all("eventID" in event for event in batch)
        return [
            Receipt(one["position"], one["revision"], one["recordedAt"], one["repeat"])
            for one in self.request("POST", "/v1/events", batch, repeat=repeats)
        ]

    def retract(self, user: str, position: int, *, space: str, profile: str = "default") -> Receipt:
        """Takes back the choice at a position of the log."""
        path = _of(user, space, f"events/{position}/retract", profile=profile)
        one = self.request("POST", path, {"eventID": str(uuid.uuid4())}, repeat=True)
        return Receipt(one["position"], one["revision"], one["recordedAt"], one["repeat"])

    def reset(self, user: str, *, space: str, profile: str = "default") -> Receipt:
        """Starts over: what the user said before counts no more; codes go on working."""
        path = _of(user, space, "reset", profile=profile)
        one = self.request("POST", path, {"eventID": str(uuid.uuid4())}, repeat=True)
        return Receipt(one["position"], one["revision"], one["recordedAt"], one["repeat"])

    def pairs(
        self, user: str, *, space: str, profile: str = "default", count: int = 1, images: Iterable[str] = ()
    ) -> list[tuple[str, str]]:
        """The pairs whose answers would tell most, never one that was ranked or skipped; of `images`, if given."""
        query = {"profile": profile, "count": count, "from": list(images)}
        answer = self.request("GET", _of(user, space, "pairs", **query))
        return [(pair["first"], pair["second"]) for pair in answer["pairs"]]

    # Tastes

    def resolve(self, prompt: str, user: str, *, model: str | None = None) -> Resolution:
        """Expands a prompt with --p."""
        body = {"prompt": prompt, "user": user, "model": model}
        one = self.request("POST", "/v1/resolve", body, repeat=True)
        return Resolution(
            one["prompt"], one.get("model"), one["stylize"], one["minted"],
            [(part["code"], part["weight"]) for part in one["codes"]], one.get("strength"), one.get("direction"),
        )

    def progress(self, user: str, *, space: str, profile: str = "default") -> Progress:
        """How far it is to the first code."""
        one = self.request("GET", _of(user, space, "progress", profile=profile))
        return Progress(
            one["have"], one["need"], one["rankings"], one["likes"], one["ready"], one["confidence"],
            one.get("stability"),
        )

    def codes(self, user: str, *, space: str, profile: str = "default") -> Iterator[Code]:
        """All of a user's codes, newest first, a page at a time."""
        before: int | None = None
        while True:
            page = self.request("GET", _of(user, space, "codes", profile=profile, before=before))
            for one in page["codes"]:
                yield Code(
                    one["code"], one.get("label"), one["recordedAt"], one["comparisons"], one["confidence"],
                    one["revoked"],
                )
            before = page.get("next")
            if before is None:
                return

    def version(self, code: str) -> dict[str, Any]:
        """What a code stands for."""
        answer: dict[str, Any] = self.request("GET", "/v1/codes/" + _quoted(code))
        return answer

    def label(self, user: str, code: str, label: str, *, space: str) -> None:
        """Names a code."""
        self.request("PUT", _of(user, space, f"codes/{_quoted(code)}/label"), {"label": label}, repeat=True)

    def revoke(self, user: str, code: str, *, space: str) -> None:
        """Takes a code out of use."""
        self.request("POST", _of(user, space, f"codes/{_quoted(code)}/revoke"))

    def restore(self, user: str, code: str, *, space: str) -> None:
        """Puts a revoked code into use again."""
        self.request("POST", _of(user, space, f"codes/{_quoted(code)}/restore"))

    # Profiles and boards

    def profiles(self, user: str, *, space: str | None = None, archived: bool = False) -> list[Profile]:
        """A user's profiles and boards, in the order of their opening."""
        query = {"space": space, "archived": "true" if archived else None}
        answer = self.request("GET", _with(f"/v1/users/{_quoted(user)}/profiles", query))
        return [_profile(one) for one in answer["profiles"]]

    def create_profile(self, user: str, profile: str, *, space: str, label: str = "") -> Profile:
        """Opens a profile."""
        body = {"profile": profile, "label": label, "eventID": str(uuid.uuid4())}
        return _profile(self.request("POST", _of(user, space, "profiles"), body, repeat=True)["profile"])

    def label_profile(self, user: str, profile: str, label: str, *, space: str) -> Profile:
        """Gives a profile another label; an empty one takes it away."""
        path = _of(user, space, f"profiles/{_quoted(profile)}/label")
        return _profile(self.request("PUT", path, {"label": label}, repeat=True)["profile"])

    def archive_profile(self, user: str, profile: str, *, space: str) -> Profile:
        """Puts a profile away; its codes go on working."""
        return self._change_profile(user, profile, space, "archive")

    def restore_profile(self, user: str, profile: str, *, space: str) -> Profile:
        """Takes an archived profile out again."""
        return self._change_profile(user, profile, space, "restore")

    def share_profile(self, user: str, profile: str, *, space: str) -> Profile:
        """Lets a profile's reference work for everybody."""
        return self._change_profile(user, profile, space, "share")

    def unshare_profile(self, user: str, profile: str, *, space: str) -> Profile:
        """Lets a profile's reference work for its owner only."""
        return self._change_profile(user, profile, space, "unshare")

    def _change_profile(self, user: str, profile: str, space: str, change: str) -> Profile:
        # What holds already is not written again, so repeating it is harmless.
        path = _of(user, space, f"profiles/{_quoted(profile)}/{change}")
        return _profile(self.request("POST", path, repeat=True)["profile"])

    def create_board(self, user: str, board: str, images: Iterable[str] = (), *, space: str, label: str = "") -> Profile:
        """Makes a board of some images."""
        body = {"board": board, "images": list(images), "label": label, "eventID": str(uuid.uuid4())}
        return _profile(self.request("POST", _of(user, space, "boards"), body, repeat=True)["board"])

    def board(self, user: str, board: str, *, space: str) -> list[str]:
        """The images on a board, in the order in which they were put there."""
        return list(self.request("GET", _of(user, space, f"boards/{_quoted(board)}"))["images"])

    def add_to_board(self, user: str, board: str, images: Iterable[str], *, space: str) -> list[str]:
        """Puts images on a board, and gives what is on it then."""
        path = _of(user, space, f"boards/{_quoted(board)}/add")
        return list(self.request("POST", path, {"images": list(images)}, repeat=True)["images"])

    def remove_from_board(self, user: str, board: str, images: Iterable[str], *, space: str) -> list[str]:
        """Takes images off a board, and gives what is on it then."""
        path = _of(user, space, f"boards/{_quoted(board)}/remove")
        return list(self.request("POST", path, {"images": list(images)}, repeat=True)["images"])

    # People

    def settings(self, user: str, *, space: str) -> Settings:
        """What a user has set."""
        one = self.request("GET", _of(user, space, "settings"))
        return Settings(
            one["always"], one["ownChoicesOnly"],
            tuple((part["profile"], part["weight"]) for part in one["profiles"]),
            tuple((part["code"], part["weight"]) for part in one["pinned"]),
        )

    def set_settings(self, user: str, settings: Settings, *, space: str) -> None:
        """Sets all of a user's settings."""
        body = {
            "always": settings.always, "ownChoicesOnly": settings.own_choices_only,
            "profiles": [{"profile": name, "weight": weight} for name, weight in settings.profiles],
            "pinned": [{"code": code, "weight": weight} for code, weight in settings.pinned],
        }
        self.request("PUT", _of(user, space, "settings"), body)

    def info(self, user: str) -> dict[str, Any]:
        """What is known of a user, but for the events."""
        answer: dict[str, Any] = self.request("GET", f"/v1/users/{_quoted(user)}/info")
        return answer

    def download(self, user: str) -> dict[str, Any]:
        """Everything that is known of a user, all events included."""
        answer: dict[str, Any] = self.request("GET", f"/v1/users/{_quoted(user)}/download")
        return answer

    def schedule_erasure(self, user: str, *, after: int | None = None) -> str:
        """Has a user erased after so many seconds, or after the time that the server gives people to take it back; gives
        the time."""
        body = {} if after is None else {"after": after}
        return str(self.request("PUT", f"/v1/users/{_quoted(user)}/erasure", body, repeat=after != 0)["due"])

    def cancel_erasure(self, user: str) -> None:
        """Takes back that a user is to be erased."""
        self.request("DELETE", f"/v1/users/{_quoted(user)}/erasure")

    def erasure_due(self, user: str) -> str | None:
        """When a user is to be erased, if so."""
        due = self.request("GET", f"/v1/users/{_quoted(user)}/erasure").get("due")
        return None if due is None else str(due)

    def erase(self, user: str) -> dict[str, Any]:
        """Erases a user now, for ever, and gives the report. Needs a service token."""
        answer: dict[str, Any] = self.request("POST", f"/v1/users/{_quoted(user)}/erase")
        return answer

    # Proofs, which are checked with `storectl check-proof` or any reader of C2SP's formats

    def verifier_key(self) -> str:
        """The key with which what the log signs is checked."""
        return str(self.request("GET", "/v1/log/key")["key"])

    def checkpoint(self) -> str:
        """A signed checkpoint, to be kept byte for byte."""
        return self._text("GET", "/v1/log/checkpoint")

    def consistency(self, earlier: str) -> str:
        """A proof that the log still begins with all that an earlier signed checkpoint is of."""
        return self._text("POST", "/v1/log/consistency", earlier)

    def proof(self, code: str) -> str:
        """A proof that a code's version stands in the log."""
        return self._text("GET", f"/v1/codes/{_quoted(code)}/proof")

    def _text(self, method: str, path: str, body: str | None = None) -> str:
        content: bytes = self.request(method, path, body, repeat=True)
        return content.decode()

    # The wire

    def request(self, method: str, path: str, body: Any = None, *, repeat: bool | None = None) -> Any:
        """Sends a request, and gives the JSON of the answer, or its bytes. For routes that have no method here."""
        repeats = method in ("GET", "PUT") if repeat is None else repeat
        headers = {"Accept": "application/json, */*"}
        data = None
        if isinstance(body, str):
            headers["Content-Type"] = "text/plain"
            data = body.encode()
        elif body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        if self._token is not None:
            headers["Authorization"] = "Bearer " + self._token
        for attempt in range(self._attempts):
            is_last = attempt == self._attempts - 1 or not repeats
            try:
                self._connection.request(method, path, data, headers)
                response = self._connection.getresponse()
                content = response.read()
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                if is_last:
                    raise Problem(0, "offline", f"the server cannot be reached: {error}") from error
                time.sleep(0.1 * 2**attempt)
                continue
            if response.status in (429, 503) and response.headers.get("Retry-After") and not is_last:
                time.sleep(float(response.headers["Retry-After"]))
                continue
            return self._answer(response.status, response.headers.get("Content-Type", ""), content)
        raise AssertionError("the last attempt returns or raises")

    @staticmethod
    def _answer(status: int, content_type: str, content: bytes) -> Any:
        document = json.loads(content) if "json" in content_type and "ndjson" not in content_type else None
        if 200 <= status < 300:
            return content if document is None else document
        members = document if isinstance(document, dict) else {}
        raise Problem(status, members.get("kind", "failed"), members.get("detail", f"the server answered {status}"), members)


def user_token(user: str, key_id: str, secret: str, *, seconds: int = 3600) -> str:
    """A token of a user, signed with an HS256 key of the key file: for backends, which alone know the secret."""

    def encoded(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    header = encoded(json.dumps({"alg": "HS256", "typ": "JWT", "kid": key_id}).encode())
    claims = encoded(json.dumps({"sub": user, "exp": int(time.time()) + seconds}).encode())
    signature = hmac.new(secret.encode(), f"{header}.{claims}".encode(), hashlib.sha256).digest()
    return f"{header}.{claims}.{encoded(signature)}"


def _quoted(text: str) -> str:
    return urllib.parse.quote(text, safe="")


def _of(user: str, space: str, rest: str, **query: Any) -> str:
    return _with(f"/v1/users/{_quoted(user)}/spaces/{_quoted(space)}/{rest}", query)


def _with(path: str, query: dict[str, Any]) -> str:
    given = {name: value for name, value in query.items() if value is not None}
    return path + ("?" + urllib.parse.urlencode(given, doseq=True) if given else "")


def _profile(one: dict[str, Any]) -> Profile:
    return Profile(
        one["space"], one["profile"], one["reference"], one.get("label"), one["board"], one["archived"], one["shared"],
        one.get("code"),
    )
