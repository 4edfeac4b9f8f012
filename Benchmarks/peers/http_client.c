// The store behind storeserver, on loopback: starts the server on the store, and appends through it with one kept-alive
// connection a caller. STORE_SERVICE in the environment names the server's program.
#define _GNU_SOURCE
#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { line_limit = 256, answer_limit = 1 << 16 };

#define TOKEN "token-of-the-benchmark-0123456789"

// MARK: the service

static struct sockaddr_in loopback(uint16_t port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

// A port that was free a moment ago.
static uint16_t free_port(void) {
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (descriptor < 0 || bind(descriptor, (struct sockaddr *)&address, size) != 0 ||
        getsockname(descriptor, (struct sockaddr *)&address, &size) != 0) {
        fail("no free port: %s", strerror(errno));
    }
    close(descriptor);
    return ntohs(address.sin_port);
}

// A key file that knows one token; the server reads it again now and then, so it stays until the end.
static void write_keys(char *path) {
    int descriptor = mkstemp(path);
    const char *keys = "{\"services\": [{\"name\": \"benchmark\", \"token\": \"" TOKEN "\"}]}";
    if (descriptor < 0 || write(descriptor, keys, strlen(keys)) != (ssize_t)strlen(keys)) {
        fail("the key file '%s' cannot be written: %s", path, strerror(errno));
    }
    close(descriptor);
}

static pid_t start_service(const char *program, const char *store, const char *keys, uint16_t port) {
    char number[8];
    snprintf(number, sizeof number, "%u", port);
    pid_t process = fork();
    if (process < 0) fail("cannot fork: %s", strerror(errno));
    if (process > 0) return process;
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // a client that is killed leaves no service behind
    int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    setenv("STORE_PATH", store, 1);
    setenv("KEYS_FILE", keys, 1);
    setenv("HTTP_HOST", "127.0.0.1", 1);
    setenv("HTTP_PORT", number, 1);
    execl(program, program, (char *)NULL);
    _exit(127);
}

static int try_connecting(uint16_t port) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    if (descriptor < 0) fail("no socket: %s", strerror(errno));
    struct sockaddr_in address = loopback(port);
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0) {
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        return descriptor;
    }
    close(descriptor);
    return -1;
}

static void wait_until_ready(pid_t process, uint16_t port) {
    for (int tries = 0; tries < 1000; tries++) {
        int descriptor = try_connecting(port);
        if (descriptor >= 0) {
            close(descriptor);
            return;
        }
        if (waitpid(process, NULL, WNOHANG) == process) fail("the service did not start");
        usleep(10000);
    }
    fail("the service did not listen within 10 s");
}

// MARK: requests

struct client {
    uint16_t port;
};

// Each caller is a thread with a connection and a buffer of its own.
static _Thread_local int connection = -1;
static _Thread_local char *body;
static _Thread_local char answer[answer_limit + 1];

static void send_all(const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(connection, bytes, count, MSG_NOSIGNAL);
        if (sent <= 0) fail("sending a request: %s", strerror(errno));
        bytes += sent;
        count -= (size_t)sent;
    }
}

static size_t receive(char *place, size_t limit) {
    ssize_t count = recv(connection, place, limit, 0);
    if (count <= 0) fail("receiving an answer: %s", count == 0 ? "the service closed the connection" : strerror(errno));
    return (size_t)count;
}

// Reads one answer to its end; anything but 200 is a failure.
static void receive_answer(void) {
    size_t filled = 0;
    char *end = NULL;
    while (end == NULL) {
        if (filled == answer_limit) fail("the head of an answer is too long");
        filled += receive(answer + filled, answer_limit - filled);
        answer[filled] = '\0';
        end = strstr(answer, "\r\n\r\n");
    }
    if (strncmp(answer, "HTTP/1.1 200", 12) != 0) fail("the service answered: %.200s", answer);
    const char *length = strcasestr(answer, "\r\ncontent-length:");
    if (length == NULL || length > end) fail("an answer without a length");
    size_t left = strtoull(length + strlen("\r\ncontent-length:"), NULL, 10);
    size_t there = filled - (size_t)(end + 4 - answer);
    while (there < left) there += receive(answer, left - there < answer_limit ? left - there : answer_limit);
}

static size_t write_lines(struct event_source *source, uint64_t batch) {
    size_t size = 0;
    for (uint64_t index = 0; index < batch; index++) {
        struct event event = event_source_next(source);
        size += (size_t)snprintf(
            body + size, line_limit,
            "{\"kind\":\"rank\",\"user\":\"user-%06llu\",\"space\":\"bench\",\"winner\":\"image-%030llu\","
            "\"loser\":\"image-%030llu\",\"at\":%llu}\n",
            (unsigned long long)event.user, (unsigned long long)event.winner, (unsigned long long)event.loser,
            (unsigned long long)event.at);
    }
    return size;
}

static void append_request(void *context, struct event_source *source, uint64_t batch) {
    const struct client *client = context;
    if (connection < 0) {
        connection = try_connecting(client->port);
        body = malloc(batch * line_limit);
        if (connection < 0 || body == NULL) fail("a caller cannot connect");
    }
    size_t size = write_lines(source, batch);
    char head[256];
    int count = snprintf(head, sizeof head,
                         "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jsonl\r\n"
                         "Authorization: Bearer " TOKEN "\r\n"
                         "Content-Length: %zu\r\n\r\n", size);
    send_all(head, (size_t)count);
    send_all(body, size);
    receive_answer();
}

// MARK: measurements

static void measure_append(const struct arguments *arguments) {
    const char *service = getenv("STORE_SERVICE");
    if (service == NULL || access(service, X_OK) != 0) unsupported("storeserver is not built");
    struct client client = {.port = free_port()};
    char keys[] = "/tmp/storeserver-keys-XXXXXX";
    write_keys(keys);
    pid_t process = start_service(service, argument_text(arguments, "--store", NULL), keys, client.port);
    wait_until_ready(process, client.port);
    struct callers_result found = run_callers(arguments, append_request, &client);
    kill(process, SIGTERM);
    waitpid(process, NULL, 0);
    unlink(keys);
    double rate = (double)found.events / found.seconds;
    struct result result = {.side = "store-http", .unit = "events/s", .values = &rate, .value_count = 1,
                            .events = found.events, .latency = found.latency};
    print_result(arguments, &result);
    free(found.latency);
}

int main(int argc, char **argv) {
    struct arguments arguments = arguments_parse(argc, argv);
    if (strcmp(arguments.workload, "append") != 0) unsupported("no such workload");
    measure_append(&arguments);
    return 0;
}
