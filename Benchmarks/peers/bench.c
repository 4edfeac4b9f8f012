#define _GNU_SOURCE
#include "bench.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// MARK: arguments

struct arguments arguments_parse(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: %s WORKLOAD [--json] [--parameter value ...]\n", argv[0]);
        exit(2);
    }
    struct arguments arguments = {.count = 0, .values = argv + 2, .workload = argv[1]};
    for (int read = 2; read < argc; read++) {
        if (strcmp(argv[read], "--json") == 0) continue;
        arguments.values[arguments.count++] = argv[read];
    }
    if (arguments.count % 2 != 0) fail("the parameter %s has no value", arguments.values[arguments.count - 1]);
    return arguments;
}

const char *argument_text(const struct arguments *arguments, const char *name, const char *fallback) {
    for (int index = 0; index < arguments->count; index += 2) {
        if (strcmp(arguments->values[index], name) == 0) return arguments->values[index + 1];
    }
    if (fallback == NULL) fail("the parameter %s is required", name);
    return fallback;
}

uint64_t argument_number(const struct arguments *arguments, const char *name, uint64_t fallback) {
    const char *text = argument_text(arguments, name, "");
    if (*text == '\0') return fallback;
    char *end = NULL;
    uint64_t number = strtoull(text, &end, 10);
    if (*end != '\0') fail("%s is not a whole number for %s", text, name);
    return number;
}

double argument_real(const struct arguments *arguments, const char *name, double fallback) {
    const char *text = argument_text(arguments, name, "");
    if (*text == '\0') return fallback;
    char *end = NULL;
    double number = strtod(text, &end);
    if (*end != '\0') fail("%s is not a number for %s", text, name);
    return number;
}

void fail(const char *format, ...) {
    va_list list;
    va_start(list, format);
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    exit(1);
}

void unsupported(const char *reason) {
    fprintf(stderr, "%s: %s\n", program_invocation_short_name, reason);
    exit(3);
}

// MARK: clock

uint64_t now_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

double seconds_since(uint64_t start) { return (double)(now_nanoseconds() - start) / 1e9; }

// MARK: workload

uint64_t random_next(struct random *random) {
    uint64_t mixed = random->state += 0x9E3779B97F4A7C15;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
}

uint64_t random_below(struct random *random, uint64_t limit) {
    return (uint64_t)(((unsigned __int128)random_next(random) * limit) >> 64);
}

struct event_source event_source_make(const struct arguments *arguments, uint64_t seed_offset) {
    struct event_source source = {
        .random = {argument_number(arguments, "--seed", 1) + seed_offset},
        .users = argument_number(arguments, "--users", 10000),
        .images = argument_number(arguments, "--images", 10000),
    };
    if (source.users == 0 || source.images < 2) fail("at least one user and two images are needed");
    const char *distribution = argument_text(arguments, "--distribution", "uniform");
    if (strcmp(distribution, "uniform") == 0) return source;
    if (strcmp(distribution, "zipf") != 0) fail("--distribution is uniform or zipf, not %s", distribution);
    source.cumulative = malloc(source.users * sizeof *source.cumulative);
    if (source.cumulative == NULL) fail("out of memory");
    uint64_t sum = 0;
    for (uint64_t rank = 0; rank < source.users; rank++) {
        sum += (UINT64_C(1) << 32) / (rank + 1);
        source.cumulative[rank] = sum;
    }
    return source;
}

// The first rank whose cumulative weight is above a draw below the total weight.
static uint64_t zipf_rank(struct event_source *source) {
    uint64_t draw = random_below(&source->random, source->cumulative[source->users - 1]);
    uint64_t low = 0, high = source->users - 1;
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (source->cumulative[middle] > draw) high = middle;
        else low = middle + 1;
    }
    return low;
}

struct event event_source_next(struct event_source *source) {
    struct event event;
    event.user = source->cumulative ? zipf_rank(source) : random_below(&source->random, source->users);
    event.winner = random_below(&source->random, source->images);
    event.loser = random_below(&source->random, source->images - 1);
    if (event.loser >= event.winner) event.loser++;
    event.at = UINT64_C(1700000000000) + source->drawn++;
    return event;
}

void event_source_free(struct event_source *source) { free(source->cumulative); }

// MARK: latency

static uint64_t histogram_index(uint64_t nanoseconds) {
    int shift = 64 - __builtin_clzll(nanoseconds | 255) - 8;
    return ((uint64_t)(shift + 1) << 7) + (nanoseconds >> shift) - 128;
}

// The smallest value of a bucket; `width` receives the number of values that share it.
static uint64_t histogram_lowest(uint64_t index, uint64_t *width) {
    int shift = index < 256 ? 0 : (int)(index >> 7) - 1;
    *width = UINT64_C(1) << shift;
    return (index - ((uint64_t)shift << 7)) << shift;
}

void histogram_record(struct histogram *histogram, uint64_t nanoseconds) {
    uint64_t index = histogram_index(nanoseconds);
    histogram->counts[index < histogram_buckets ? index : histogram_buckets - 1]++;
    histogram->total++;
    if (nanoseconds > histogram->largest) histogram->largest = nanoseconds;
}

void histogram_merge(struct histogram *into, const struct histogram *from) {
    for (int index = 0; index < histogram_buckets; index++) into->counts[index] += from->counts[index];
    into->total += from->total;
    if (from->largest > into->largest) into->largest = from->largest;
}

// The largest value of the bucket in which the quantile falls, as HdrHistogram reports it, in microseconds.
static double histogram_quantile(const struct histogram *histogram, double quantile) {
    uint64_t wanted = (uint64_t)(quantile * (double)histogram->total + 0.5), seen = 0;
    if (wanted < 1) wanted = 1;
    for (uint64_t index = 0; index < histogram_buckets; index++) {
        seen += histogram->counts[index];
        if (seen < wanted) continue;
        uint64_t width, lowest = histogram_lowest(index, &width);
        uint64_t highest = lowest + width - 1;
        return (double)(highest < histogram->largest ? highest : histogram->largest) / 1000;
    }
    return (double)histogram->largest / 1000;
}

static void print_latency(const struct histogram *histogram) {
    printf(",\"latency\":{\"unit\":\"us\",\"count\":%llu,\"p50\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f",
           (unsigned long long)histogram->total, histogram_quantile(histogram, 0.5),
           histogram_quantile(histogram, 0.99), histogram_quantile(histogram, 0.999),
           (double)histogram->largest / 1000);
    printf(",\"histogram\":[");
    bool first = true;
    for (uint64_t index = 0; index < histogram_buckets; index++) {
        if (histogram->counts[index] == 0) continue;
        uint64_t width, lowest = histogram_lowest(index, &width);
        printf("%s[%llu,%llu]", first ? "" : ",", (unsigned long long)lowest,
               (unsigned long long)histogram->counts[index]);
        first = false;
    }
    printf("]}");
}

// MARK: concurrent callers

struct callers {
    request_function request;
    void *context;
    uint64_t batch;
    uint64_t warm_up;        // requests that are not counted, unless
    uint64_t warm_up_until;  // this moment comes first
    uint64_t requests;       // all requests, warm-up included
    uint64_t deadline;
    atomic_uint_fast64_t next;
    atomic_uint_fast64_t finished;
    atomic_uint_fast64_t start;
};

struct caller {
    pthread_t thread;
    struct callers *callers;
    struct event_source source;
    struct histogram latency;
};

static void *caller_run(void *argument) {
    struct caller *caller = argument;
    struct callers *callers = caller->callers;
    for (;;) {
        uint64_t number = atomic_fetch_add(&callers->next, 1);
        if (number >= callers->requests || now_nanoseconds() > callers->deadline) return NULL;
        uint64_t begin = now_nanoseconds();
        bool counted = number >= callers->warm_up || begin > callers->warm_up_until;
        uint_fast64_t unset = 0;
        if (counted) atomic_compare_exchange_strong(&callers->start, &unset, begin);
        callers->request(callers->context, &caller->source, callers->batch);
        if (!counted) continue;
        histogram_record(&caller->latency, now_nanoseconds() - begin);
        atomic_fetch_add(&callers->finished, 1);
    }
}

struct callers_result run_callers(const struct arguments *arguments, request_function request, void *context) {
    uint64_t count = argument_number(arguments, "--callers", 1);
    uint64_t batch = argument_number(arguments, "--batch", 1);
    uint64_t requests = argument_number(arguments, "--events", 10000) / batch;
    if (count == 0 || batch == 0) fail("--callers and --batch start at 1");
    if (requests < 2) requests = 2;
    struct callers callers = {.request = request, .context = context, .batch = batch, .warm_up = (requests + 19) / 20,
                              .requests = requests};
    uint64_t now = now_nanoseconds(), limit = (uint64_t)(argument_real(arguments, "--seconds", 60) * 1e9);
    callers.deadline = now + limit;
    callers.warm_up_until = now + limit / 10;
    struct caller *all = calloc(count, sizeof *all);
    struct histogram *latency = calloc(1, sizeof *latency);
    if (all == NULL || latency == NULL) fail("out of memory");
    for (uint64_t index = 0; index < count; index++) {
        all[index].callers = &callers;
        all[index].source = event_source_make(arguments, 1 + index);
        if (pthread_create(&all[index].thread, NULL, caller_run, &all[index]) != 0) fail("cannot start a thread");
    }
    for (uint64_t index = 0; index < count; index++) {
        pthread_join(all[index].thread, NULL);
        histogram_merge(latency, &all[index].latency);
        event_source_free(&all[index].source);
    }
    struct callers_result result = {.seconds = seconds_since(callers.start), .latency = latency};
    result.events = atomic_load(&callers.finished) * batch;
    if (result.events == 0) fail("no request finished within --seconds");
    free(all);
    return result;
}

// MARK: result line

static void print_text(const char *text) {
    putchar('"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') putchar('\\');
        putchar(*text);
    }
    putchar('"');
}

// Paths are left out: they say nothing about the measurement and much about the machine.
static bool is_path(const char *name) { return strcmp(name, "--store") == 0 || strcmp(name, "--file") == 0; }

static void print_parameters(const struct arguments *arguments) {
    printf(",\"parameters\":{");
    bool first = true;
    for (int index = 0; index < arguments->count; index += 2) {
        const char *name = arguments->values[index], *value = arguments->values[index + 1];
        if (is_path(name)) continue;
        if (!first) putchar(',');
        first = false;
        print_text(name + 2);
        putchar(':');
        char *end = NULL;
        strtod(value, &end);
        if (*value != '\0' && *end == '\0') fputs(value, stdout);
        else print_text(value);
    }
    putchar('}');
}

void print_result(const struct arguments *arguments, const struct result *result) {
    printf("{\"side\":");
    print_text(result->side);
    printf(",\"workload\":");
    print_text(arguments->workload);
    print_parameters(arguments);
    printf(",\"unit\":");
    print_text(result->unit);
    printf(",\"values\":[");
    for (uint64_t index = 0; index < result->value_count; index++) {
        printf("%s%.6g", index ? "," : "", result->values[index]);
    }
    printf("]");
    if (result->events) printf(",\"events\":%llu", (unsigned long long)result->events);
    if (result->latency) print_latency(result->latency);
    if (result->details) printf(",%s", result->details);
    printf("}\n");
    if (fflush(stdout) != 0) fail("cannot write the result line");
}
