/* Preloaded into the host-safety tests, to make their bad moments certain: a look-up of blocked.example never ends, and
 * with HOST_LATE_WRITE a vectored write to a socket waits until the peer has hung up, as if its thread had not run. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

typedef int (*look_up)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
typedef ssize_t (*vectored_write)(int, const struct iovec *, int);

/* A function pointer cannot be cast from what dlsym returns in standard C. */
static void next(const char *name, void *function) {
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(function, &found, sizeof found);
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    look_up original;
    while (node != NULL && strcmp(node, "blocked.example") == 0) pause();
    next("getaddrinfo", &original);
    return original(node, service, hints, found);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    vectored_write original;
    if (getenv("HOST_LATE_WRITE") != NULL) {
        struct pollfd peer = {file, 0, 0};
        poll(&peer, 1, 100);
    }
    next("writev", &original);
    return original(file, parts, count);
}
