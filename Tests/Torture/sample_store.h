/*
 * A small store on raw LMDB with which the torture tools are proved: a log of records and a table derived from it,
 * both written by each transaction. What a record holds follows from its position, so a checker needs no model.
 */
#ifndef SAMPLE_STORE_H
#define SAMPLE_STORE_H

#include <lmdb.h>
#include <stdint.h>
#include <string.h>

enum { STREAM_COUNT = 200, RECORD_LIMIT = 4096, MAP_BYTES = 1 << 30 };

struct head { uint64_t last, count; char padding[80]; };

struct store {
    MDB_env *environment;
    MDB_dbi log, heads;
};

/* SplitMix64's output function. */
static inline uint64_t mix(uint64_t value) {
    value += 0x9E3779B97F4A7C15;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
    return value ^ (value >> 31);
}

static inline uint32_t stream_of(uint64_t position) { return mix(position) % STREAM_COUNT; }

/* How many records the transaction that begins at a position has. */
static inline uint64_t batch_size(uint64_t first) { return 1 + mix(first ^ 0xBA7C4) % 12; }

/* Fills in the record at a position of the transaction that began at `first`, and returns its length. Some take
 * overflow pages. */
static inline size_t make_record(uint64_t position, uint64_t first, unsigned char record[RECORD_LIMIT]) {
    size_t length = 16 + (position % 37 ? 24 + mix(position) % 200 : 3000);
    memcpy(record, &position, 8);
    memcpy(record + 8, &first, 8);
    for (size_t i = 16; i < length; i++) record[i] = mix(position * 4096 + i);
    return length;
}

/* Opens the tables of an environment, making them when a flag says so. */
static inline int open_tables(struct store *store, MDB_txn *transaction, unsigned flags) {
    int code = mdb_dbi_open(transaction, "log", MDB_INTEGERKEY | flags, &store->log);
    return code ? code : mdb_dbi_open(transaction, "heads", flags, &store->heads);
}

static inline int open_environment(struct store *store, const char *path, unsigned flags) {
    int code = mdb_env_create(&store->environment);
    if (!code) code = mdb_env_set_maxdbs(store->environment, 4);
    if (!code) code = mdb_env_set_mapsize(store->environment, MAP_BYTES);
    if (!code) code = mdb_env_open(store->environment, path, MDB_NOTLS | flags, 0600);
    return code;
}

/* The last position of the log, zero when it is empty. */
static inline int last_position(struct store *store, MDB_txn *transaction, uint64_t *position) {
    MDB_cursor *cursor;
    MDB_val key, value;
    *position = 0;
    int code = mdb_cursor_open(transaction, store->log, &cursor);
    if (code) return code;
    code = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
    if (!code) memcpy(position, key.mv_data, 8);
    mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? 0 : code;
}

static inline int put_record(struct store *store, MDB_txn *transaction, uint64_t position, uint64_t first) {
    unsigned char record[RECORD_LIMIT];
    uint32_t stream = stream_of(position);
    struct head head = {0};
    MDB_val key = {8, &position}, value = {make_record(position, first, record), record};
    int code = mdb_put(transaction, store->log, &key, &value, MDB_APPEND);
    if (code) return code;
    key = (MDB_val){4, &stream};
    code = mdb_get(transaction, store->heads, &key, &value);
    if (code && code != MDB_NOTFOUND) return code;
    if (!code) memcpy(&head, value.mv_data, value.mv_size < sizeof head ? value.mv_size : sizeof head);
    head.last = position;
    head.count++;
    value = (MDB_val){sizeof head, &head};
    return mdb_put(transaction, store->heads, &key, &value, 0);
}

/* Appends the next transaction's records; `position` is the last one afterwards. `before` is told it ahead of the
 * commit, which is what a store must not do. */
static inline int append_batch(struct store *store, uint64_t *position, void (*before)(uint64_t)) {
    MDB_txn *transaction;
    uint64_t last;
    int code = mdb_txn_begin(store->environment, NULL, 0, &transaction);
    if (code) return code;
    code = last_position(store, transaction, &last);
    uint64_t first = last + 1, count = batch_size(first);
    for (uint64_t i = 0; !code && i < count; i++) code = put_record(store, transaction, first + i, first);
    if (code) {
        mdb_txn_abort(transaction);
        return code;
    }
    if (before) before(last + count);
    code = mdb_txn_commit(transaction);
    if (!code) *position = last + count;
    return code;
}

#endif
