// What every C program of the benchmark suite shares: arguments, clock, the seeded workload, the latency histogram,
// concurrent callers and the result line. Benchmarks/README.md specifies the formats that these functions implement.
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

// MARK: arguments

// The arguments of one measurement: `program WORKLOAD --json [--parameter value ...]`.
struct arguments {
    int count;
    char **values;
    const char *workload;
};

struct arguments arguments_parse(int argc, char **argv);
const char *argument_text(const struct arguments *arguments, const char *name, const char *fallback);
uint64_t argument_number(const struct arguments *arguments, const char *name, uint64_t fallback);
double argument_real(const struct arguments *arguments, const char *name, double fallback);

// Prints "program: message" and leaves with status 1.
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Leaves with status 3: the program does not offer this workload on this machine. The runner reports a skip.
_Noreturn void unsupported(const char *reason);

// MARK: clock

uint64_t now_nanoseconds(void);
double seconds_since(uint64_t start);

// MARK: workload

// SplitMix64. The same seed gives the same events in C, Python and Swift.
struct random {
    uint64_t state;
};

uint64_t random_next(struct random *random);

// A number in 0..<limit: the upper 64 bits of the 128-bit product of a draw and the limit.
uint64_t random_below(struct random *random, uint64_t limit);

struct event {
    uint64_t user;
    uint64_t winner;
    uint64_t loser;
    uint64_t at;  // milliseconds since 1970
};

// Draws rank events: users uniformly or by Zipf's law (weight of user r is floor(2^32 / (r + 1))).
struct event_source {
    struct random random;
    uint64_t users;
    uint64_t images;
    uint64_t drawn;
    uint64_t *cumulative;  // NULL when uniform
};

struct event_source event_source_make(const struct arguments *arguments, uint64_t seed_offset);
struct event event_source_next(struct event_source *source);
void event_source_free(struct event_source *source);

// MARK: latency

// HdrHistogram's bucket layout for two significant digits over nanoseconds (relative error below 0.8 %).
enum { histogram_buckets = 58 * 128 };

struct histogram {
    uint64_t counts[histogram_buckets];
    uint64_t total;
    uint64_t largest;
};

void histogram_record(struct histogram *histogram, uint64_t nanoseconds);
void histogram_merge(struct histogram *into, const struct histogram *from);

// MARK: concurrent callers

// One durable request: appends `batch` events and returns when they are durable.
typedef void (*request_function)(void *context, struct event_source *source, uint64_t batch);

struct callers_result {
    uint64_t events;
    double seconds;
    struct histogram *latency;
};

// Runs `--callers` threads, each sending requests of `--batch` events until together they have appended `--events`
// or `--seconds` have passed. The first twentieth of the requests, or what is sent in the first tenth of `--seconds`
// where that is less, is warm-up and is not counted.
struct callers_result run_callers(const struct arguments *arguments, request_function request, void *context);

// MARK: result line

struct result {
    const char *side;
    const char *unit;
    const double *values;
    uint64_t value_count;
    uint64_t events;                   // events touched, 0: not stated
    const struct histogram *latency;   // NULL: none
    const char *details;               // further JSON members without braces, NULL: none
};

// Prints the one JSON line of this measurement on standard output.
void print_result(const struct arguments *arguments, const struct result *result);

#endif
