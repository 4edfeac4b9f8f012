#define _GNU_SOURCE
#include <libpq-fe.h>
#include <pthread.h>
#include <sys/eventfd.h>

// What Swift's own module of the C library does not show.
int pthread_setname_np(pthread_t thread, const char *name);

/// An event descriptor that no child process inherits and that never blocks.
static inline int clibpq_make_event(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
