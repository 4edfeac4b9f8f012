// SQLite through its C library: WAL, synchronous=FULL, the obvious events table with an index on the stream.
#define _GNU_SOURCE
#include "bench.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct store {
    sqlite3 *database;
    sqlite3_stmt *begin;
    sqlite3_stmt *insert;
    sqlite3_stmt *commit;
    pthread_mutex_t writer;
};

static const char *const schema =
    "CREATE TABLE IF NOT EXISTS events(position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " winner INTEGER NOT NULL, loser INTEGER NOT NULL, at INTEGER NOT NULL);"
    "CREATE INDEX IF NOT EXISTS events_by_stream ON events(stream, position);";

static void check(sqlite3 *database, int status, const char *what) {
    if (status != SQLITE_OK && status != SQLITE_DONE && status != SQLITE_ROW) {
        fail("%s: %s", what, sqlite3_errmsg(database));
    }
}

static void execute(sqlite3 *database, const char *sql) {
    check(database, sqlite3_exec(database, sql, NULL, NULL, NULL), sql);
}

static sqlite3_stmt *statement(sqlite3 *database, const char *sql) {
    sqlite3_stmt *statement = NULL;
    check(database, sqlite3_prepare_v2(database, sql, -1, &statement, NULL), sql);
    return statement;
}

static void step(sqlite3 *database, sqlite3_stmt *prepared) {
    check(database, sqlite3_step(prepared), "step");
    sqlite3_reset(prepared);
}

// MARK: opening

static struct store store_open(const struct arguments *arguments, const char *synchronous) {
    struct store store = {.writer = PTHREAD_MUTEX_INITIALIZER};
    const char *directory = argument_text(arguments, "--store", NULL);
    char text[4096];
    mkdir(directory, 0755);
    snprintf(text, sizeof text, "%s/events.sqlite", directory);
    check(store.database, sqlite3_open(text, &store.database), "open");
    execute(store.database, "PRAGMA journal_mode=WAL; PRAGMA cache_size=-262144; PRAGMA mmap_size=34359738368;");
    snprintf(text, sizeof text, "PRAGMA synchronous=%s", synchronous);
    execute(store.database, text);
    execute(store.database, schema);
    store.begin = statement(store.database, "BEGIN IMMEDIATE");
    store.commit = statement(store.database, "COMMIT");
    store.insert = statement(store.database, "INSERT INTO events(stream, kind, winner, loser, at) VALUES(?,1,?,?,?)");
    return store;
}

static void store_close(struct store *store) {
    sqlite3_finalize(store->begin);
    sqlite3_finalize(store->commit);
    sqlite3_finalize(store->insert);
    check(store->database, sqlite3_close(store->database), "close");
}

static uint64_t last_position(const struct store *store) {
    sqlite3_stmt *query = statement(store->database, "SELECT max(position) FROM events");
    check(store->database, sqlite3_step(query), "max");
    uint64_t position = (uint64_t)sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    return position;
}

// MARK: writing

static void insert_event(const struct store *store, const struct event *event) {
    sqlite3_bind_int64(store->insert, 1, (sqlite3_int64)event->user);
    sqlite3_bind_int64(store->insert, 2, (sqlite3_int64)event->winner);
    sqlite3_bind_int64(store->insert, 3, (sqlite3_int64)event->loser);
    sqlite3_bind_int64(store->insert, 4, (sqlite3_int64)event->at);
    step(store->database, store->insert);
}

static void append_request(void *context, struct event_source *source, uint64_t batch) {
    struct store *store = context;
    pthread_mutex_lock(&store->writer);
    step(store->database, store->begin);
    for (uint64_t index = 0; index < batch; index++) {
        struct event event = event_source_next(source);
        insert_event(store, &event);
    }
    step(store->database, store->commit);
    pthread_mutex_unlock(&store->writer);
}

static void report(const struct arguments *arguments, const char *unit, double value, uint64_t events,
                   const struct histogram *latency, const char *details) {
    struct result result = {.side = "sqlite", .unit = unit, .values = &value, .value_count = 1, .events = events,
                            .latency = latency, .details = details};
    print_result(arguments, &result);
}

static void prepare(const struct arguments *arguments) {
    struct store store = store_open(arguments, "OFF");
    struct event_source source = event_source_make(arguments, 0);
    uint64_t events = argument_number(arguments, "--events", 100000), start = now_nanoseconds();
    for (uint64_t position = 0; position < events;) {
        step(store.database, store.begin);
        for (uint64_t index = 0; index < 100000 && position < events; index++, position++) {
            struct event event = event_source_next(&source);
            insert_event(&store, &event);
        }
        step(store.database, store.commit);
    }
    execute(store.database, "PRAGMA synchronous=FULL; PRAGMA wal_checkpoint(TRUNCATE);");
    report(arguments, "events/s", (double)events / seconds_since(start), events, NULL, NULL);
    event_source_free(&source);
    store_close(&store);
}

static void measure_append(const struct arguments *arguments) {
    struct store store = store_open(arguments, "FULL");
    struct callers_result result = run_callers(arguments, append_request, &store);
    report(arguments, "events/s", (double)result.events / result.seconds, result.events, result.latency,
           "\"sync\":\"WAL, synchronous=FULL (one flush)\"");
    free(result.latency);
    store_close(&store);
}

// MARK: bulk import

// Reads the number that follows a marker such as `"user":"user-` in a line that the suite itself generated.
static uint64_t number_after(const char *line, const char *marker) {
    const char *found = strstr(line, marker);
    if (found == NULL) fail("the line has no %s: %s", marker, line);
    return strtoull(found + strlen(marker), NULL, 10);
}

static void measure_import(const struct arguments *arguments) {
    struct store store = store_open(arguments, "OFF");
    FILE *file = fopen(argument_text(arguments, "--file", NULL), "r");
    if (file == NULL) fail("cannot read --file");
    char *line = NULL;
    size_t capacity = 0;
    uint64_t events = 0, start = now_nanoseconds();
    step(store.database, store.begin);
    while (getline(&line, &capacity, file) > 0) {
        if (strstr(line, "\"kind\":\"rank\"") == NULL) continue;
        struct event event = {number_after(line, "\"user\":\"user-"), number_after(line, "\"winner\":\"image-"),
                              number_after(line, "\"loser\":\"image-"), number_after(line, "\"at\":")};
        insert_event(&store, &event);
        if (++events % 100000 != 0) continue;
        step(store.database, store.commit);
        step(store.database, store.begin);
    }
    step(store.database, store.commit);
    execute(store.database, "PRAGMA synchronous=FULL; PRAGMA wal_checkpoint(TRUNCATE);");
    report(arguments, "events/s", (double)events / seconds_since(start), events, NULL, "\"sync\":\"once, at the end\"");
    free(line);
    fclose(file);
    store_close(&store);
}

// MARK: reading

static uint64_t checksum;  // keeps the compiler from dropping the reads

static uint64_t read_rows(sqlite3 *database, sqlite3_stmt *query) {
    uint64_t count = 0;
    int status;
    while ((status = sqlite3_step(query)) == SQLITE_ROW) {
        for (int column = 0; column < 6; column++) checksum += (uint64_t)sqlite3_column_int64(query, column);
        count++;
    }
    check(database, status, "read");
    sqlite3_reset(query);
    return count;
}

static void measure_scan(const struct arguments *arguments) {
    struct store store = store_open(arguments, "FULL");
    sqlite3_stmt *query =
        statement(store.database, "SELECT position, stream, kind, winner, loser, at FROM events ORDER BY position");
    if (argument_number(arguments, "--cold", 0) == 0) read_rows(store.database, query);
    uint64_t start = now_nanoseconds(), count = read_rows(store.database, query);
    report(arguments, "events/s", (double)count / seconds_since(start), count, NULL, NULL);
    sqlite3_finalize(query);
    store_close(&store);
}

static void get_random(const struct store *store, sqlite3_stmt *query, struct random *random, uint64_t count) {
    uint64_t events = last_position(store);
    execute(store->database, "BEGIN");
    for (uint64_t index = 0; index < count; index++) {
        sqlite3_bind_int64(query, 1, (sqlite3_int64)(1 + random_below(random, events)));
        if (read_rows(store->database, query) != 1) fail("an event is missing");
    }
    execute(store->database, "COMMIT");
}

static void measure_get(const struct arguments *arguments) {
    struct store store = store_open(arguments, "FULL");
    struct random random = {argument_number(arguments, "--seed", 1)};
    uint64_t count = argument_number(arguments, "--count", 100000);
    sqlite3_stmt *query =
        statement(store.database, "SELECT position, stream, kind, winner, loser, at FROM events WHERE position=?");
    if (argument_number(arguments, "--cold", 0) == 0) get_random(&store, query, &random, count);
    uint64_t start = now_nanoseconds();
    get_random(&store, query, &random, count);
    report(arguments, "reads/s", (double)count / seconds_since(start), count, NULL, NULL);
    sqlite3_finalize(query);
    store_close(&store);
}

static void measure_stream(const struct arguments *arguments) {
    struct store store = store_open(arguments, "FULL");
    struct random random = {argument_number(arguments, "--seed", 1)};
    uint64_t users = argument_number(arguments, "--users", 10000), streams = argument_number(arguments, "--count", 100);
    bool cold = argument_number(arguments, "--cold", 0) != 0;
    struct histogram *latency = calloc(1, sizeof *latency);
    if (latency == NULL) fail("out of memory");
    sqlite3_stmt *query = statement(store.database, "SELECT position, stream, kind, winner, loser, at FROM events"
                                                    " WHERE stream=? ORDER BY position");
    uint64_t count = 0, busy = 0;
    for (uint64_t index = 0; index < streams; index++) {
        sqlite3_bind_int64(query, 1, (sqlite3_int64)random_below(&random, users));
        if (!cold) read_rows(store.database, query);
        uint64_t start = now_nanoseconds();
        count += read_rows(store.database, query);
        uint64_t elapsed = now_nanoseconds() - start;
        histogram_record(latency, elapsed);
        busy += elapsed;
    }
    report(arguments, "events/s", (double)count * 1e9 / (double)busy, count, latency, NULL);
    sqlite3_finalize(query);
    free(latency);
    store_close(&store);
}

static void measure_open(const struct arguments *arguments) {
    uint64_t start = now_nanoseconds();
    struct store store = store_open(arguments, "FULL");
    uint64_t events = last_position(&store);
    report(arguments, "ms", seconds_since(start) * 1000, events, NULL, NULL);
    store_close(&store);
}

static void measure_disk(const struct arguments *arguments) {
    struct store store = store_open(arguments, "FULL");
    execute(store.database, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE);");
    sqlite3_stmt *query =
        statement(store.database, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
    check(store.database, sqlite3_step(query), "size");
    double bytes = (double)sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    uint64_t events = last_position(&store);
    if (events == 0) fail("nothing to measure");
    report(arguments, "bytes/event", bytes / (double)events, events, NULL, NULL);
    store_close(&store);
}

int main(int argc, char **argv) {
    struct arguments arguments = arguments_parse(argc, argv);
    const struct {
        const char *name;
        void (*run)(const struct arguments *);
    } workloads[] = {{"prepare", prepare},   {"append", measure_append}, {"import", measure_import},
                     {"scan", measure_scan}, {"get", measure_get},       {"stream", measure_stream},
                     {"open", measure_open}, {"disk", measure_disk}};
    for (size_t index = 0; index < sizeof workloads / sizeof *workloads; index++) {
        if (strcmp(arguments.workload, workloads[index].name) != 0) continue;
        workloads[index].run(&arguments);
        return 0;
    }
    unsupported("no such workload");
}
