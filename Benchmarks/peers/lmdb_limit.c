// The limit: raw LMDB in C with records of the same size in one MDB_INTEGERKEY table, appended with MDB_APPEND under
// full sync; with `--index 1` also a DUPSORT|DUPFIXED index (16-byte key -> 8-byte position) in the same transaction.
// `append --journal 1` is the limit with one flush a commit: the records go to a file that is allocated already, which is
// flushed, and LMDB commits without a flush; when the file is full LMDB is flushed, and a reader pins what was.
#define _GNU_SOURCE
#include "bench.h"

#include <fcntl.h>
#include <lmdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct store {
    MDB_env *environment;
    MDB_dbi log;
    MDB_dbi index;
    bool indexed;
    uint64_t record_bytes;
    struct journal *journal;  // NULL under full sync
};

enum { journal_bytes = 64 << 20, journal_block = 512 };

// Touched with LMDB's writer lock held only.
struct journal {
    int descriptor;
    size_t offset;
    MDB_txn *pin;
    char *buffer;
    size_t capacity;
};

static void check(int status, const char *what) {
    if (status != MDB_SUCCESS) fail("%s: %s", what, mdb_strerror(status));
}

// MARK: opening

static struct store store_open(const struct arguments *arguments, unsigned flags) {
    struct store store = {.indexed = argument_number(arguments, "--index", 0) != 0};
    store.record_bytes = argument_number(arguments, "--record-bytes", 52);
    if (store.record_bytes < 32) fail("--record-bytes starts at 32");
    const char *path = argument_text(arguments, "--store", NULL);
    mkdir(path, 0755);
    check(mdb_env_create(&store.environment), "create");
    check(mdb_env_set_mapsize(store.environment, (size_t)1 << 37), "map size");
    check(mdb_env_set_maxdbs(store.environment, 2), "tables");
    check(mdb_env_open(store.environment, path, flags | MDB_NOTLS, 0644), "open");
    MDB_txn *transaction;
    check(mdb_txn_begin(store.environment, NULL, 0, &transaction), "begin");
    check(mdb_dbi_open(transaction, "log", MDB_CREATE | MDB_INTEGERKEY, &store.log), "table log");
    if (store.indexed) {
        unsigned kind = MDB_CREATE | MDB_DUPSORT | MDB_DUPFIXED;
        check(mdb_dbi_open(transaction, "streams", kind, &store.index), "table streams");
    }
    check(mdb_txn_commit(transaction), "commit");
    return store;
}

static uint64_t last_position(const struct store *store, MDB_txn *transaction) {
    MDB_cursor *cursor;
    MDB_val key, value;
    check(mdb_cursor_open(transaction, store->log, &cursor), "cursor");
    int status = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
    uint64_t position = 0;
    if (status == MDB_SUCCESS) memcpy(&position, key.mv_data, sizeof position);
    else if (status != MDB_NOTFOUND) check(status, "last");
    mdb_cursor_close(cursor);
    return position;
}

// MARK: writing

static void stream_key(uint64_t user, unsigned char key[16]) {
    memset(key, 0, 16);
    for (int byte = 0; byte < 8; byte++) key[15 - byte] = (unsigned char)(user >> (8 * byte));
}

static void put_record(const struct store *store, MDB_txn *transaction, uint64_t position, const struct event *event) {
    MDB_val key = {sizeof position, &position}, value = {store->record_bytes, NULL};
    check(mdb_put(transaction, store->log, &key, &value, MDB_APPEND | MDB_RESERVE), "put");
    memcpy(value.mv_data, event, sizeof *event);
    memset((char *)value.mv_data + sizeof *event, (int)position, store->record_bytes - sizeof *event);
}

static void put_index(const struct store *store, MDB_txn *transaction, uint64_t position, uint64_t user) {
    unsigned char bytes[16];
    stream_key(user, bytes);
    MDB_val key = {sizeof bytes, bytes}, value = {sizeof position, &position};
    check(mdb_put(transaction, store->index, &key, &value, 0), "put in the index");
}

static void append_request(void *context, struct event_source *source, uint64_t batch) {
    const struct store *store = context;
    MDB_txn *transaction;
    check(mdb_txn_begin(store->environment, NULL, 0, &transaction), "begin");
    uint64_t position = last_position(store, transaction);
    for (uint64_t index = 0; index < batch; index++) {
        struct event event = event_source_next(source);
        put_record(store, transaction, ++position, &event);
        if (store->indexed) put_index(store, transaction, position, event.user);
    }
    check(mdb_txn_commit(transaction), "commit");
}

// MARK: journal

static struct journal *journal_open(const struct arguments *arguments) {
    struct journal *journal = calloc(1, sizeof *journal);
    char path[4096];
    snprintf(path, sizeof path, "%s/journal", argument_text(arguments, "--store", NULL));
    journal->descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    char *zeros = calloc(1, 1 << 20);
    if (journal == NULL || zeros == NULL || journal->descriptor < 0) fail("cannot make %s", path);
    for (off_t offset = 0; offset < journal_bytes; offset += 1 << 20) {
        if (pwrite(journal->descriptor, zeros, 1 << 20, offset) != 1 << 20) fail("cannot fill %s", path);
    }
    if (fsync(journal->descriptor) != 0) fail("cannot sync %s", path);
    free(zeros);
    return journal;
}

static void journal_checkpoint(const struct store *store) {
    struct journal *journal = store->journal;
    check(mdb_env_sync(store->environment, 1), "sync");
    if (journal->pin != NULL) mdb_txn_abort(journal->pin);
    check(mdb_txn_begin(store->environment, NULL, MDB_RDONLY, &journal->pin), "pin");
    journal->offset = 0;
}

static void append_journaled(void *context, struct event_source *source, uint64_t batch) {
    const struct store *store = context;
    struct journal *journal = store->journal;
    MDB_txn *transaction;
    check(mdb_txn_begin(store->environment, NULL, 0, &transaction), "begin");
    size_t needed = 40 + (size_t)batch * (4 + store->record_bytes), used = 40 + 4 * (size_t)batch;
    size_t padded = (needed + journal_block - 1) / journal_block * journal_block;
    if (padded > journal_bytes) fail("a batch is larger than the journal");
    if (padded > journal->capacity) {
        free(journal->buffer);
        journal->buffer = calloc(1, padded);
        if (journal->buffer == NULL) fail("out of memory");
        journal->capacity = padded;
    }
    if (journal->offset + padded > journal_bytes) journal_checkpoint(store);
    uint64_t position = last_position(store, transaction);
    for (uint64_t index = 0; index < batch; index++) {
        struct event event = event_source_next(source);
        put_record(store, transaction, ++position, &event);
        memcpy(journal->buffer + used, &event, sizeof event);
        memset(journal->buffer + used + sizeof event, (int)position, store->record_bytes - sizeof event);
        used += store->record_bytes;
    }
    if (pwrite(journal->descriptor, journal->buffer, padded, (off_t)journal->offset) != (ssize_t)padded ||
        fdatasync(journal->descriptor) != 0)
        fail("cannot write the journal");
    journal->offset += padded;
    check(mdb_txn_commit(transaction), "commit");
}

// MARK: preloading

struct index_entry {
    uint64_t user;
    uint64_t position;
};

static int compare_entries(const void *left, const void *right) {
    const struct index_entry *a = left, *b = right;
    if (a->user != b->user) return a->user < b->user ? -1 : 1;
    return a->position < b->position ? -1 : a->position > b->position;
}

// The index rows of a chunk go in in key order: preloading would otherwise take minutes at ten million events.
static void put_index_chunk(const struct store *store, MDB_txn *transaction, struct index_entry *entries,
                            uint64_t count) {
    qsort(entries, count, sizeof *entries, compare_entries);
    for (uint64_t index = 0; index < count; index++) {
        put_index(store, transaction, entries[index].position, entries[index].user);
    }
}

static void prepare(const struct arguments *arguments) {
    enum { chunk = 250000 };
    struct store store = store_open(arguments, MDB_NOSYNC);
    struct event_source source = event_source_make(arguments, 0);
    struct index_entry *entries = malloc(chunk * sizeof *entries);
    if (entries == NULL) fail("out of memory");
    uint64_t events = argument_number(arguments, "--events", 100000), position = 0, start = now_nanoseconds();
    while (position < events) {
        MDB_txn *transaction;
        check(mdb_txn_begin(store.environment, NULL, 0, &transaction), "begin");
        uint64_t count = 0;
        while (count < chunk && position < events) {
            struct event event = event_source_next(&source);
            put_record(&store, transaction, ++position, &event);
            entries[count++] = (struct index_entry){event.user, position};
        }
        if (store.indexed) put_index_chunk(&store, transaction, entries, count);
        check(mdb_txn_commit(transaction), "commit");
    }
    check(mdb_env_sync(store.environment, 1), "sync");
    double rate = (double)events / seconds_since(start);
    struct result result = {.side = store.indexed ? "lmdb-c-index" : "lmdb-c", .unit = "events/s", .values = &rate,
                            .value_count = 1, .events = events};
    print_result(arguments, &result);
    mdb_env_close(store.environment);
    free(entries);
    event_source_free(&source);
}

// MARK: reading

static uint64_t checksum;  // keeps the compiler from dropping the reads

static void touch(const MDB_val *value) {
    const unsigned char *bytes = value->mv_data;
    size_t offset = 0;
    for (; offset + 8 <= value->mv_size; offset += 8) {
        uint64_t word;
        memcpy(&word, bytes + offset, sizeof word);
        checksum += word;
    }
    for (; offset < value->mv_size; offset++) checksum += bytes[offset];
}

static uint64_t scan_once(const struct store *store) {
    MDB_txn *transaction;
    MDB_cursor *cursor;
    MDB_val key, value;
    check(mdb_txn_begin(store->environment, NULL, MDB_RDONLY, &transaction), "begin");
    check(mdb_cursor_open(transaction, store->log, &cursor), "cursor");
    uint64_t count = 0;
    int status = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    for (; status == MDB_SUCCESS; status = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        touch(&value);
        count++;
    }
    if (status != MDB_NOTFOUND) check(status, "scan");
    mdb_cursor_close(cursor);
    mdb_txn_abort(transaction);
    return count;
}

static uint64_t get_random(const struct store *store, struct random *random, uint64_t count) {
    MDB_txn *transaction;
    check(mdb_txn_begin(store->environment, NULL, MDB_RDONLY, &transaction), "begin");
    uint64_t events = last_position(store, transaction);
    for (uint64_t index = 0; index < count; index++) {
        uint64_t position = 1 + random_below(random, events);
        MDB_val key = {sizeof position, &position}, value;
        check(mdb_get(transaction, store->log, &key, &value), "get");
        touch(&value);
    }
    mdb_txn_abort(transaction);
    return count;
}

// Reads the events of one stream through the index.
static uint64_t read_stream(const struct store *store, uint64_t user) {
    MDB_txn *transaction;
    MDB_cursor *cursor;
    unsigned char bytes[16];
    stream_key(user, bytes);
    MDB_val key = {sizeof bytes, bytes}, position, log_key, value;
    check(mdb_txn_begin(store->environment, NULL, MDB_RDONLY, &transaction), "begin");
    check(mdb_cursor_open(transaction, store->index, &cursor), "cursor");
    uint64_t count = 0;
    int status = mdb_cursor_get(cursor, &key, &position, MDB_SET_KEY);
    for (; status == MDB_SUCCESS; status = mdb_cursor_get(cursor, &key, &position, MDB_NEXT_DUP)) {
        log_key = position;
        check(mdb_get(transaction, store->log, &log_key, &value), "get");
        touch(&value);
        count++;
    }
    if (status != MDB_NOTFOUND) check(status, "stream");
    mdb_cursor_close(cursor);
    mdb_txn_abort(transaction);
    return count;
}

// MARK: measurements

static void report(const struct arguments *arguments, const struct store *store, const char *unit, double value,
                   uint64_t events, const struct histogram *latency, const char *details) {
    const char *side = store->journal ? "lmdb-c-journal" : store->indexed ? "lmdb-c-index" : "lmdb-c";
    struct result result = {.side = side, .unit = unit, .values = &value,
                            .value_count = 1, .events = events, .latency = latency, .details = details};
    print_result(arguments, &result);
}

static void measure_append(const struct arguments *arguments) {
    bool journaled = argument_number(arguments, "--journal", 0) != 0;
    struct store store = store_open(arguments, journaled ? MDB_NOSYNC : 0);
    if (journaled && store.indexed) unsupported("the journal is measured without an index");
    if (journaled) store.journal = journal_open(arguments);
    struct callers_result result = run_callers(arguments, journaled ? append_journaled : append_request, &store);
    double rate = (double)result.events / result.seconds;
    report(arguments, &store, "events/s", rate, result.events, result.latency,
           journaled ? "\"sync\":\"journal (one flush)\"" : "\"sync\":\"full (two flushes)\"");
    free(result.latency);
    if (journaled && store.journal->pin != NULL) mdb_txn_abort(store.journal->pin);
    mdb_env_close(store.environment);
}

static void measure_scan(const struct arguments *arguments) {
    struct store store = store_open(arguments, 0);
    if (argument_number(arguments, "--cold", 0) == 0) scan_once(&store);
    uint64_t start = now_nanoseconds(), count = scan_once(&store);
    report(arguments, &store, "events/s", (double)count / seconds_since(start), count, NULL, NULL);
    mdb_env_close(store.environment);
}

static void measure_get(const struct arguments *arguments) {
    struct store store = store_open(arguments, 0);
    struct random random = {argument_number(arguments, "--seed", 1)};
    uint64_t count = argument_number(arguments, "--count", 100000);
    if (argument_number(arguments, "--cold", 0) == 0) get_random(&store, &random, count);
    uint64_t start = now_nanoseconds();
    get_random(&store, &random, count);
    report(arguments, &store, "reads/s", (double)count / seconds_since(start), count, NULL, NULL);
    mdb_env_close(store.environment);
}

static void measure_stream(const struct arguments *arguments) {
    struct store store = store_open(arguments, 0);
    if (!store.indexed) unsupported("reading a stream needs --index 1");
    struct random random = {argument_number(arguments, "--seed", 1)};
    uint64_t users = argument_number(arguments, "--users", 10000), streams = argument_number(arguments, "--count", 100);
    bool cold = argument_number(arguments, "--cold", 0) != 0;
    struct histogram *latency = calloc(1, sizeof *latency);
    if (latency == NULL) fail("out of memory");
    uint64_t count = 0, busy = 0;
    for (uint64_t index = 0; index < streams; index++) {
        uint64_t user = random_below(&random, users);
        if (!cold) read_stream(&store, user);
        uint64_t start = now_nanoseconds();
        count += read_stream(&store, user);
        uint64_t elapsed = now_nanoseconds() - start;
        histogram_record(latency, elapsed);
        busy += elapsed;
    }
    report(arguments, &store, "events/s", (double)count * 1e9 / (double)busy, count, latency, NULL);
    free(latency);
    mdb_env_close(store.environment);
}

static void measure_open(const struct arguments *arguments) {
    uint64_t start = now_nanoseconds();
    struct store store = store_open(arguments, 0);
    MDB_txn *transaction;
    check(mdb_txn_begin(store.environment, NULL, MDB_RDONLY, &transaction), "begin");
    uint64_t events = last_position(&store, transaction);
    mdb_txn_abort(transaction);
    report(arguments, &store, "ms", seconds_since(start) * 1000, events, NULL, NULL);
    mdb_env_close(store.environment);
}

static void measure_disk(const struct arguments *arguments) {
    struct store store = store_open(arguments, 0);
    char path[4096];
    snprintf(path, sizeof path, "%s/compacted", argument_text(arguments, "--store", NULL));
    unlink(path);
    MDB_txn *transaction;
    check(mdb_txn_begin(store.environment, NULL, MDB_RDONLY, &transaction), "begin");
    uint64_t events = last_position(&store, transaction);
    mdb_txn_abort(transaction);
    FILE *copy = fopen(path, "w");
    if (copy == NULL) fail("cannot write %s", path);
    check(mdb_env_copyfd2(store.environment, fileno(copy), MDB_CP_COMPACT), "copy");
    struct stat status;
    if (fstat(fileno(copy), &status) != 0 || events == 0) fail("nothing to measure");
    fclose(copy);
    unlink(path);
    report(arguments, &store, "bytes/event", (double)status.st_size / (double)events, events, NULL, NULL);
    mdb_env_close(store.environment);
}

int main(int argc, char **argv) {
    struct arguments arguments = arguments_parse(argc, argv);
    const struct {
        const char *name;
        void (*run)(const struct arguments *);
    } workloads[] = {{"prepare", prepare},          {"append", measure_append}, {"scan", measure_scan},
                     {"get", measure_get},          {"stream", measure_stream}, {"open", measure_open},
                     {"disk", measure_disk}};
    for (size_t index = 0; index < sizeof workloads / sizeof *workloads; index++) {
        if (strcmp(arguments.workload, workloads[index].name) != 0) continue;
        workloads[index].run(&arguments);
        return 0;
    }
    unsupported("no such workload");
}
