// Writes the seeded workload: `events` prints the first events as JSON numbers (the cross-language check of the
// generators), `lines` writes the interchange JSON Lines file that the bulk import workload reads.
#define _GNU_SOURCE
#include "bench.h"

#include <stdlib.h>
#include <string.h>

static void print_events(const struct arguments *arguments) {
    struct event_source source = event_source_make(arguments, 0);
    for (uint64_t left = argument_number(arguments, "--events", 10); left > 0; left--) {
        struct event event = event_source_next(&source);
        printf("[%llu,%llu,%llu,%llu]\n", (unsigned long long)event.user, (unsigned long long)event.winner,
               (unsigned long long)event.loser, (unsigned long long)event.at);
    }
    event_source_free(&source);
}

// Component k of image i is the k-th draw below 2001 of the generator seeded with 2^40 + i, minus 1000.
static void write_image(FILE *file, uint64_t image, uint64_t dimension) {
    struct random random = {(UINT64_C(1) << 40) + image};
    fprintf(file, "{\"kind\":\"image\",\"space\":\"bench\",\"id\":\"image-%030llu\",\"author\":null,\"embedding\":[",
            (unsigned long long)image);
    for (uint64_t index = 0; index < dimension; index++) {
        int64_t component = (int64_t)random_below(&random, 2001) - 1000;
        fprintf(file, "%s%lld", index ? "," : "", (long long)component);
    }
    fputs("]}\n", file);
}

static void write_lines(const struct arguments *arguments) {
    FILE *file = fopen(argument_text(arguments, "--file", NULL), "w");
    if (file == NULL) fail("cannot write --file");
    struct event_source source = event_source_make(arguments, 0);
    uint64_t dimension = argument_number(arguments, "--dimension", 64), start = now_nanoseconds();
    for (uint64_t image = 0; image < source.images; image++) write_image(file, image, dimension);
    uint64_t events = argument_number(arguments, "--events", 100000);
    for (uint64_t index = 0; index < events; index++) {
        struct event event = event_source_next(&source);
        fprintf(file,
                "{\"kind\":\"rank\",\"user\":\"user-%06llu\",\"space\":\"bench\",\"winner\":\"image-%030llu\","
                "\"loser\":\"image-%030llu\",\"at\":%llu}\n",
                (unsigned long long)event.user, (unsigned long long)event.winner, (unsigned long long)event.loser,
                (unsigned long long)event.at);
    }
    if (fclose(file) != 0) fail("cannot write --file");
    event_source_free(&source);
    double rate = (double)events / seconds_since(start);
    struct result result = {.side = "generate", .unit = "events/s", .values = &rate, .value_count = 1, .events = events};
    print_result(arguments, &result);
}

int main(int argc, char **argv) {
    struct arguments arguments = arguments_parse(argc, argv);
    if (strcmp(arguments.workload, "events") == 0) print_events(&arguments);
    else if (strcmp(arguments.workload, "lines") == 0) write_lines(&arguments);
    else unsupported("no such workload");
    return 0;
}
