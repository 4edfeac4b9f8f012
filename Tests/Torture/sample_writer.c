/* Appends to the sample store and says on stdout, by write(2), what is durable. README.md has the contract. */
#include "sample_store.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum policy { STOP, REOPEN, IGNORE };

static void print_line(const char *format, const char *text, uint64_t number) {
    char line[256];
    int length = snprintf(line, sizeof line, format, text, (unsigned long long)number);
    if (write(STDOUT_FILENO, line, length) != length) _exit(4);
}

static void acknowledge(uint64_t position) { print_line("%s%llu\n", "", position); }

static int open_store(struct store *store, const char *path, unsigned flags) {
    MDB_txn *transaction;
    int code = open_environment(store, path, flags);
    if (code) return code;
    code = mdb_txn_begin(store->environment, NULL, 0, &transaction);
    if (code) return code;
    code = open_tables(store, transaction, MDB_CREATE);
    if (code) {
        mdb_txn_abort(transaction);
        return code;
    }
    return mdb_txn_commit(transaction);
}

static int give_up(const char *text, int code) {
    print_line("failed %s (%llu)\n", mdb_strerror(code), 0);
    fprintf(stderr, "sample_writer: %s: %s\n", text, mdb_strerror(code));
    return 3;
}

int main(int count, char **arguments) {
    enum policy policy = STOP;
    unsigned flags = 0;
    int eager = 0, closes = 0;
    long batches = -1;
    for (int i = 2; i < count; i++) {
        if (!strcmp(arguments[i], "--no-sync")) flags |= MDB_NOSYNC;
        else if (!strcmp(arguments[i], "--no-meta-sync")) flags |= MDB_NOMETASYNC;
        else if (!strcmp(arguments[i], "--eager")) eager = 1;
        else if (!strcmp(arguments[i], "--close")) closes = 1;
        else if (!strcmp(arguments[i], "--ignore-failures")) policy = IGNORE;
        else if (!strcmp(arguments[i], "--reopen")) policy = REOPEN;
        else if (!strcmp(arguments[i], "--batches") && i + 1 < count) batches = strtol(arguments[++i], NULL, 10);
        else count = 0;
    }
    if (count < 2) {
        fprintf(stderr, "usage: sample_writer DIR [--batches N] [--reopen | --ignore-failures] [--close]\n"
                        "       faulty on purpose: --no-sync, --no-meta-sync, --eager, --ignore-failures\n");
        return 2;
    }
    struct store store;
    int code = open_store(&store, arguments[1], flags);
    if (code) return give_up("cannot open the store", code);
    int failures = 0;
    for (uint64_t position; batches != 0; batches -= batches > 0) {
        code = append_batch(&store, &position, eager ? acknowledge : NULL);
        if (!code) {
            if (!eager) acknowledge(position);
            continue;
        }
        int status = give_up("an append failed", code);
        if (policy == STOP || ++failures == 4) return status;
        if (policy == IGNORE) continue;
        mdb_env_close(store.environment);
        code = open_store(&store, arguments[1], flags);
        if (code) return give_up("cannot reopen the store", code);
        print_line("%sreopened (%llu)\n", "", 0);
        if (batches < 0) batches = 10;
    }
    if (closes) mdb_env_close(store.environment);
    return failures ? 3 : 0;
}
