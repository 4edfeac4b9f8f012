"""What is compared: sections of groups of entries. The entries of a group are measured interleaved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

USERS = 10_000
IMAGES = 10_000
Parameters = dict[str, int | float | str]


@dataclass(frozen=True)
class StoreKey:
    """A preloaded store: which program's, and what it holds."""

    program: str
    events: int
    users: int = USERS
    distribution: str = "uniform"
    index: int = 0
    extra: tuple[tuple[str, int | str], ...] = ()


@dataclass(frozen=True)
class Entry:
    """One side of a comparison: a program with a workload, on a store of its own."""

    side: str
    program: str
    workload: str
    parameters: Parameters = field(default_factory=dict)
    store: StoreKey | None = None
    mutates: bool = False
    cold: bool = False


@dataclass(frozen=True)
class Group:
    """Entries that are measured in turns: A B C A B C …"""

    label: str
    entries: tuple[Entry, ...]
    repetitions: int


@dataclass(frozen=True)
class Section:
    """One table: its groups are the rows, its sides the columns."""

    name: str
    title: str
    axis: str
    unit: str
    groups: tuple[Group, ...]
    higher_is_better: bool = True


@dataclass(frozen=True)
class Scale:
    """How large a run is."""

    name: str
    budget_seconds: float
    main_events: int
    growth: tuple[int, ...]
    stream_events: tuple[int, ...]
    repetitions: int
    seconds: float
    batches: tuple[int, ...]
    callers: tuple[int, ...]
    client_batches: tuple[tuple[int, int], ...]
    folds: tuple[tuple[int, int], ...]
    fold_cv: tuple[tuple[int, int], ...]
    score_images: int
    audit_versions: int
    import_events: tuple[int, ...]
    python_events: int  # what the Python recorder, the slowest to fill, is preloaded with


QUICK = Scale(
    name="quick",
    budget_seconds=150,
    main_events=100_000,
    growth=(100_000, 1_000_000),
    stream_events=(1_000_000,),
    repetitions=3,
    seconds=0.25,
    batches=(1, 100, 1000),
    callers=(1, 64),
    client_batches=((1, 1), (64, 1), (64, 100)),
    folds=((210, 512), (999, 512)),
    fold_cv=((210, 512),),
    score_images=200_000,
    audit_versions=500,
    import_events=(100_000,),
    python_events=20_000,
)

FULL = Scale(
    name="full",
    budget_seconds=780,
    main_events=1_000_000,
    growth=(100_000, 1_000_000, 10_000_000),
    stream_events=(1_000_000, 10_000_000),
    repetitions=4,
    seconds=0.6,
    batches=(1, 10, 100, 1000, 10_000),
    callers=(1, 8, 16, 64, 256),
    client_batches=tuple((clients, batch) for clients in (1, 16, 64) for batch in (1, 10, 100, 1000)),
    folds=tuple((count, dimension) for dimension in (64, 512, 1024) for count in (61, 210, 999, 10_000)),
    fold_cv=((210, 512), (999, 512)),
    score_images=1_000_000,
    audit_versions=4000,
    import_events=(1_000_000, 10_000_000),
    python_events=100_000,
)


def thirty_million(scale: Scale) -> Scale:
    """The same run with 30M events added to the growth, and the time that takes."""
    return replace(
        scale,
        name=f"{scale.name}, 30M",
        growth=(*scale.growth, 30_000_000),
        stream_events=(*scale.stream_events, 30_000_000),
        budget_seconds=scale.budget_seconds + 600,
    )


def size_label(events: int) -> str:
    """100k, 1M, 10M."""
    return f"{events // 1_000_000}M" if events >= 1_000_000 else f"{events // 1000}k"


# MARK: sides

LOG_SIDES = {
    "store": ("store", 0), "lmdb-c": ("lmdb", 0), "lmdb-c-journal": ("lmdb", 0), "lmdb-c-index": ("lmdb", 1),
    "sqlite": ("sqlite", 0),
}  # fmt: skip


def _log_entry(side: str, workload: str, key: StoreKey, parameters: Parameters, **flags: bool) -> Entry:
    """An entry of a side that keeps a log: same users, images and distribution as its store was filled with."""
    program, index = LOG_SIDES.get(side, (side, 0))
    common: Parameters = {"users": key.users, "images": IMAGES, "distribution": key.distribution}
    if program == "lmdb":
        common["index"] = index
        if side == "lmdb-c-journal":
            common["journal"] = 1
    store = replace(key, program=program, index=index)
    return Entry(side, program, workload, common | parameters, store, **flags)


def _log_group(
    label: str, sides: Iterable[str], workload: str, key: StoreKey, parameters: Parameters, count: int, **flags: bool
) -> Group:
    entries = tuple(_log_entry(side, workload, key, parameters, **flags) for side in sides)
    return Group(label, entries, count)


# MARK: appending


def _append_batch(scale: Scale) -> Section:
    key, groups = StoreKey("", scale.main_events), []
    for batch in scale.batches:
        parameters: Parameters = {"batch": batch, "callers": 1, "events": 200_000, "seconds": scale.seconds}
        group = _log_group(f"{batch:,}", LOG_SIDES, "append", key, parameters, scale.repetitions, mutates=True)
        slower = (
            _log_entry("umadb", "append", key, parameters, mutates=True),
            _log_entry("eventsourcing", "append", replace(key, events=scale.python_events), parameters, mutates=True),
        )
        groups.append(replace(group, entries=group.entries + slower))
    return Section("append-batch", "Durable append by batch size", "events a batch", "events/s", tuple(groups))


def _append_callers(scale: Scale) -> Section:
    key, groups = StoreKey("", scale.main_events), []
    for callers in scale.callers:
        parameters: Parameters = {"batch": 1, "callers": callers, "events": 200_000, "seconds": scale.seconds}
        sides = ("store", "lmdb-c", "lmdb-c-journal", "sqlite", "umadb")
        groups.append(_log_group(str(callers), sides, "append", key, parameters, scale.repetitions + 1, mutates=True))
    title = "Durable append by concurrent callers, one event each"
    return Section("append-callers", title, "callers", "events/s", tuple(groups))


def _append_checkpoints(scale: Scale) -> Section:
    """A checkpoint after each so many bytes of journal, far more often than by itself: what it costs whoever waits."""
    key, groups = StoreKey("", scale.main_events), []
    for callers in (1, 64):
        parameters: Parameters = {
            "batch": 1, "callers": callers, "events": 200_000, "seconds": 2 * scale.seconds, "checkpoint": 256 << 10,
        }  # fmt: skip
        groups.append(_log_group(str(callers), ("store",), "append", key, parameters, scale.repetitions, mutates=True))
    title = "Durable append while checkpoints are taken, one event each"
    return Section("append-checkpoints", title, "callers", "events/s", tuple(groups))


def _recover(scale: Scale) -> Section:
    key = StoreKey("", scale.main_events)
    group = _log_group("half a journal", ("store",), "recover", key, {"batch": 1000}, 3, mutates=True)
    title = "Opening a store that was killed with half a segment of journal"
    return Section("recover", title, "what", "events/s", (group,))


def _append_clients(scale: Scale) -> Section:
    key, groups, count = StoreKey("", scale.main_events), [], 2
    for clients, batch in scale.client_batches:
        parameters: Parameters = {"batch": batch, "callers": clients, "events": 200_000, "seconds": scale.seconds}
        group = _log_group(f"{clients} × {batch:,}", ("store", "umadb"), "append", key, parameters, count, mutates=True)
        http = replace(_log_entry("store", "append", key, parameters, mutates=True), side="store-http", program="http")
        groups.append(replace(group, entries=(*group.entries, http)))
    title = "Durable append by clients × batch: in process, over HTTP and UmaDB over gRPC"
    return Section("append-clients", title, "clients × batch", "events/s", tuple(groups))


def _append_growth(scale: Scale) -> Section:
    count = scale.repetitions + 1
    parameters: Parameters = {"batch": 1000, "callers": 1, "events": 200_000, "seconds": scale.seconds}
    groups = [
        _log_group(size_label(events), LOG_SIDES, "append", StoreKey("", events), parameters, count, mutates=True)
        for events in scale.growth
    ]
    title = "Durable append of 1,000 events a batch by events in the store"
    return Section("append-growth", title, "events in the store", "events/s", tuple(groups))


def _append_zipf(scale: Scale) -> Section:
    parameters: Parameters = {"batch": 1000, "callers": 1, "events": 200_000, "seconds": scale.seconds}
    key = StoreKey("", scale.main_events, distribution="zipf")
    group = _log_group("Zipf", LOG_SIDES, "append", key, parameters, 3, mutates=True)
    title = "Durable append of 1,000 events a batch when few users are very active"
    return Section("append-distribution", title, "users", "events/s", (group,))


def _import(scale: Scale) -> Section:
    groups = []
    for events in scale.import_events:
        large = events > 2_000_000
        sides = ("store",) if large else ("store", "sqlite")
        entries = tuple(
            Entry(side, side, "import", {"events": events, "users": USERS, "images": IMAGES, "dimension": 64})
            for side in sides
        )
        groups.append(Group(size_label(events), entries, 1 if large else 3))
    return Section("import", "Bulk import from JSON Lines", "events", "events/s", tuple(groups))


# MARK: reading


def _reads(scale: Scale, name: str, title: str, workload: str, parameters: Parameters) -> Section:
    groups, count = [], 3
    for events in scale.growth:
        sides = ["store", "lmdb-c", "sqlite"]
        if events == scale.main_events:
            sides.append("umadb")
        group = _log_group(size_label(events), sides, workload, StoreKey("", events), parameters, count)
        if events == scale.main_events:
            small = StoreKey("", scale.python_events)
            group = replace(group, entries=(*group.entries, _log_entry("eventsourcing", workload, small, parameters)))
        groups.append(group)
    unit = "events/s" if workload == "scan" else "reads/s"
    return Section(name, title, "events in the store", unit, tuple(groups))


def _stream(scale: Scale) -> Section:
    groups, count = [], 3
    for events in scale.stream_events:
        key = StoreKey("", events, users=events // 1000)
        for temperature in ("warm", "cold"):
            cold = temperature == "cold"
            parameters: Parameters = {"count": 20 if cold else 200, "cold": int(cold)}
            label = f"{size_label(events)}, {temperature}"
            sides = ("store", "lmdb-c-index", "sqlite")
            group = _log_group(label, sides, "stream", key, parameters, count, cold=cold)
            if events == scale.main_events:  # fewer streams of UmaDB: each takes it some 15 ms
                uma = _log_entry("umadb", "stream", key, parameters | {"count": 20}, cold=cold)
                group = replace(group, entries=(*group.entries, uma))
            groups.append(group)
    title = "Reading one stream of about 1,000 events"
    return Section("stream", title, "events in the store", "events/s", tuple(groups))


def _open(scale: Scale) -> Section:
    groups = [
        _log_group(size_label(events), ("store", "lmdb-c", "sqlite"), "open", StoreKey("", events), {}, 3)
        for events in scale.growth
    ]
    title = "Opening a store until its first answer"
    return Section("open", title, "events in the store", "ms", tuple(groups), higher_is_better=False)


def _disk(scale: Scale) -> Section:
    groups = [
        _log_group(
            size_label(events), LOG_SIDES, "disk", StoreKey("", events), {}, 1, mutates=events <= scale.main_events
        )
        for events in scale.growth
        if events <= 10_000_000
    ]
    title = "Disk bytes per event, compacted, all derived tables included"
    return Section("disk", title, "events in the store", "bytes/event", tuple(groups), higher_is_better=False)


# MARK: codes, folds, projections


def _resolve(scale: Scale) -> Section:
    groups, count = [], 3
    for events in (10_000, *scale.growth):
        key = StoreKey("store", events, users=min(USERS, max(20, events // 100)))
        for mode, callers in (("hot", 1), ("two", 1), ("new", 1), ("new", 64)):
            if callers > 1 and events != scale.main_events:
                continue
            parameters: Parameters = {"mode": mode, "callers": callers, "dimension": 512, "seconds": scale.seconds}
            label = f"{size_label(events)}, {mode}" + (f", {callers} callers" if callers > 1 else "")
            key_with_dimension = replace(key, extra=(("dimension", 512), ("minted", 1)))
            entry = _log_entry("store", "resolve", key_with_dimension, parameters, mutates=mode == "new")
            groups.append(Group(label, (entry,), count))
    title = "Resolving a prompt: hot, with two codes, and after new events"
    return Section("resolve", title, "events in the store, mode", "resolves/s", tuple(groups))


def _fold(scale: Scale) -> Section:
    groups = []
    for comparisons, dimension in scale.folds:
        parameters: Parameters = {"comparisons": comparisons, "dimension": dimension, "seconds": scale.seconds / 2}
        entries: tuple[Entry, ...] = (
            Entry("store", "store", "fold", parameters | {"loop": "vector"}),
            Entry("store-plain-loop", "store", "fold", parameters | {"loop": "plain"}),
            Entry("scikit-learn", "scikit-learn", "fold", parameters | {"estimator": "LogisticRegression"}),
        )
        if (comparisons, dimension) in scale.fold_cv:
            cv = Entry("scikit-learn-cv", "scikit-learn", "fold", parameters | {"estimator": "LogisticRegressionCV"})
            entries = (*entries, cv)
        groups.append(Group(f"{comparisons:,} × {dimension}", entries, 2))
    title = "One fold of n comparisons at dimension d"
    return Section("fold", title, "n × d", "ms", tuple(groups), higher_is_better=False)


def _audit(scale: Scale) -> Section:
    extra = (("versions", scale.audit_versions), ("comparisons", 200), ("dimension", 512))
    key = StoreKey("store", scale.audit_versions * 200, users=scale.audit_versions, extra=extra)
    entries = (
        Entry("store", "store", "audit", {"threads": 1}, key),
        Entry("store-all-cores", "store", "audit", {"threads": 0}, key),
    )
    title = "Audit: every minted version folded again from the log (200 comparisons, d = 512)"
    # A second each, on a processor that others use in spells: many short ones say more than few.
    groups = (Group(f"{scale.audit_versions:,} versions", entries, 3 * (scale.repetitions - 1)),)
    return Section("audit", title, "store", "versions/s", groups)


def _rebuild(scale: Scale) -> Section:
    groups = tuple(
        Group(size_label(events), (_log_entry("store", "rebuild", StoreKey("", events), {}, mutates=True),), 2)
        for events in scale.growth
    )
    return Section("rebuild", "Rebuild of all derived tables", "events in the store", "events/s", groups)


def _score(scale: Scale) -> Section:
    images = scale.score_images
    parameters: Parameters = {"images": images, "dimension": 512}
    entries = (
        Entry("store", "store", "score", parameters),
        Entry("numpy-float32", "scikit-learn", "score", parameters | {"storage": "float32"}),
        Entry("numpy-int16", "scikit-learn", "score", parameters | {"storage": "int16"}),
    )
    group = Group(f"{size_label(images)} images, d = 512", entries, 3 if scale.name == "quick" else 2)
    return Section("score", "Scoring images by one code on one core", "images", "images/s", (group,))


def _machine() -> Section:
    rows = ("memory-copy", "memory-read", "sha256", "crc32c", "overwrite-flush", "append-flush", "small-write")
    groups = tuple(Group(row, (Entry("machine", "machine", row, {"count": 500, "seconds": 0.3}),), 3) for row in rows)
    return Section("machine-limits", "Physical limits of the machine", "what", "GB/s or flushes/s", groups)


def sections(scale: Scale) -> list[Section]:
    """Everything that a run measures, most important first: what the budget cuts is cut at the end."""
    return [
        _machine(),
        _append_growth(scale),
        _append_batch(scale),
        _append_callers(scale),
        _append_checkpoints(scale),
        _recover(scale),
        _fold(scale),
        _resolve(scale),
        _reads(scale, "scan", "Full scan with decoding and checksum verification", "scan", {}),
        _stream(scale),
        _audit(scale),
        _rebuild(scale),
        _open(scale),
        _disk(scale),
        _score(scale),
        _append_zipf(scale),
        _reads(scale, "get", "Random point read by position", "get", {}),
        _append_clients(scale),
        _import(scale),
    ]
