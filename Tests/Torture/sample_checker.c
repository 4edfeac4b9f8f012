/*
 * Judges a sample store: every acknowledged record there, positions gapless, transactions whole, each record and each
 * derived row as it must be, found by scan and by key. Exit status: 0 sound, 1 damaged, 3 unreadable.
 *
 *   sample_checker DIR ACKNOWLEDGED   checks in this process
 *   sample_checker --verify DIR      checks pages and data in a child, whose crash is a finding
 *   sample_checker --digest DIR      prints a digest of all answers before and after a few more appends, which reuse
 *                                    free pages: what a damaged free list would destroy shows
 */
#include "page_audit.h"
#include "sample_store.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static struct head expected[STREAM_COUNT];
static uint64_t digest;

static void fail(int status, const char *text, uint64_t number) {
    fprintf(stderr, "sample_checker: %s (%llu)\n", text, (unsigned long long)number);
    exit(status);
}

static void require(int holds, const char *text, uint64_t number) {
    if (!holds) fail(1, text, number);
}

static void succeed(int code, const char *text) {
    if (code) {
        fprintf(stderr, "sample_checker: %s: %s\n", text, mdb_strerror(code));
        exit(3);
    }
}

static void add_to_digest(MDB_val value) {
    for (size_t i = 0; i < value.mv_size; i++) digest = (digest ^ ((unsigned char *)value.mv_data)[i]) * 0x100000001B3;
}

static void check_record(struct store *store, MDB_txn *transaction, uint64_t position, uint64_t first, MDB_val value) {
    unsigned char record[RECORD_LIMIT];
    size_t length = make_record(position, first, record);
    require(value.mv_size == length && !memcmp(value.mv_data, record, length), "a record is damaged", position);
    MDB_val key = {8, &position}, found;
    require(!mdb_get(transaction, store->log, &key, &found) && found.mv_data == value.mv_data,
            "a record is not found by its key", position);
    add_to_digest(value);
}

static uint64_t check_log(struct store *store, MDB_txn *transaction) {
    MDB_cursor *cursor;
    MDB_val key, value;
    uint64_t position = 0, first = 1, found;
    succeed(mdb_cursor_open(transaction, store->log, &cursor), "cannot read the log");
    int code;
    while (!(code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT))) {
        position++;
        require(key.mv_size == 8, "a key is damaged", position);
        memcpy(&found, key.mv_data, 8);
        require(found == position, "the log has a gap", position);
        if (position == first + batch_size(first)) first = position;
        check_record(store, transaction, position, first, value);
        struct head *head = &expected[stream_of(position)];
        head->last = position;
        head->count++;
    }
    if (code != MDB_NOTFOUND) succeed(code, "the scan of the log failed");
    mdb_cursor_close(cursor);
    require(position == 0 || position + 1 == first + batch_size(first), "a transaction is half applied", position);
    return position;
}

static void check_heads(struct store *store, MDB_txn *transaction) {
    MDB_cursor *cursor;
    MDB_val key, value;
    size_t rows = 0, streams = 0;
    for (uint32_t stream = 0; stream < STREAM_COUNT; stream++) {
        key = (MDB_val){4, &stream};
        int code = mdb_get(transaction, store->heads, &key, &value);
        require(code == (expected[stream].count ? 0 : MDB_NOTFOUND), "a derived row is missing or strange", stream);
        if (code) continue;
        streams++;
        require(value.mv_size == sizeof(struct head) && !memcmp(value.mv_data, &expected[stream], value.mv_size),
                "a derived row is wrong", stream);
        add_to_digest(value);
    }
    succeed(mdb_cursor_open(transaction, store->heads, &cursor), "cannot read the derived table");
    int code;
    while (!(code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT))) rows++;
    if (code != MDB_NOTFOUND) succeed(code, "the scan of the derived table failed");
    require(rows == streams, "the derived table has other rows", rows);
    mdb_cursor_close(cursor);
}

/* An empty file, or a store without tables, is one in which nothing was acknowledged yet. */
static uint64_t check_store(struct store *store) {
    MDB_txn *transaction;
    memset(expected, 0, sizeof expected);
    succeed(mdb_txn_begin(store->environment, NULL, MDB_RDONLY, &transaction), "cannot begin to read");
    int code = open_tables(store, transaction, 0);
    uint64_t last = 0;
    if (code != MDB_NOTFOUND) {
        succeed(code, "cannot open the tables");
        last = check_log(store, transaction);
        check_heads(store, transaction);
    }
    succeed(mdb_txn_commit(transaction), "cannot end reading");
    return last;
}

static int check(const char *path, uint64_t acknowledged) {
    struct store store;
    succeed(open_environment(&store, path, 0), "cannot open the store");
    uint64_t last = check_store(&store);
    require(last >= acknowledged, "acknowledged records are missing after", last);
    return 0;
}

static int verify_in_child(const char *path) {
    pid_t child = fork();
    if (child < 0) succeed(3, "cannot start a child");
    if (child == 0) {
        alarm(10);
        char data[4096];
        snprintf(data, sizeof data, "%s/data.mdb", path);
        audit_pages(data);
        exit(check(path, 0));
    }
    int status;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) fail(3, "the file made its reader crash with signal", WTERMSIG(status));
    return WEXITSTATUS(status);
}

static int print_digest(const char *path) {
    struct store store;
    uint64_t position;
    succeed(open_environment(&store, path, 0), "cannot open the store");
    printf("%llu", (unsigned long long)check_store(&store));
    printf(" %016llx", (unsigned long long)digest);
    for (int i = 0; i < 40; i++) succeed(append_batch(&store, &position, NULL), "an append failed");
    printf(" %llu", (unsigned long long)check_store(&store));
    printf(" %016llx\n", (unsigned long long)digest);
    return 0;
}

int main(int count, char **arguments) {
    if (count == 3 && !strcmp(arguments[1], "--verify")) return verify_in_child(arguments[2]);
    if (count == 3 && !strcmp(arguments[1], "--digest")) return print_digest(arguments[2]);
    if (count == 3) return check(arguments[1], strtoull(arguments[2], NULL, 10));
    fprintf(stderr, "usage: sample_checker DIR ACKNOWLEDGED | --verify DIR | --digest DIR\n");
    return 2;
}
