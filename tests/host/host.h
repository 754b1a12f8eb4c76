/* What the host-safety tests share: checks, a watchdog, the emulator's management routes. Each test is started as
 * `test ENDPOINT` and ends with the line `name: N passed, N failed`. */
#ifndef HOST_H
#define HOST_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <graph_devices.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define USER "adele@contoso.com"
/* Seconds. A step that takes longer hangs, and SIGALRM ends it. */
#define WATCHDOG 20

static int passed, failed;
static const char *endpoint;

static inline void check(int holds, const char *what) {
    if (holds)
        passed++;
    else
        failed++, printf("FAIL %s\n", what);
    fflush(stdout);
}

static inline int finish(const char *name) {
    printf("%s: %d passed, %d failed\n", name, passed, failed);
    return failed == 0 ? 0 : 1;
}

static inline int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void begin(int argc, char **argv) {
    if (argc != 2) exit(2);
    endpoint = argv[1];
    setenv("GRAPH_DEVICES_ENDPOINT", endpoint, 1);
    alarm(WATCHDOG);
}

/* ---- child processes ---- */

/* How a child ended: 0 well, a code, or the negative number of a signal. */
static inline int ended(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return -1000;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* A forked child with a watchdog of its own; ends by exit(), with the code that `body` returns. */
static inline pid_t child(int (*body)(void *), void *with) {
    pid_t pid;
    fflush(stdout);
    alarm(WATCHDOG);
    pid = fork();
    if (pid == 0) {
        int code;
        alarm(WATCHDOG / 4);
        code = body(with);
        exit(code);
    }
    return pid;
}

static inline int in_child(int (*body)(void *), void *with) { return ended(child(body, with)); }

/* ---- the emulator ---- */

/* One management request; the answer is cut to what fits. */
static inline void emulator(const char *method, const char *path, const char *body, char *answer, size_t size) {
    struct sockaddr_in address = {0};
    char request[1024];
    size_t have = 0;
    ssize_t got;
    int stream = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)atoi(strrchr(endpoint, ':') + 1));
    if (connect(stream, (struct sockaddr *)&address, sizeof address) != 0) exit(2);
    snprintf(request, sizeof request,
             "%s /_emulator/%s HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
             "Content-Length: %zu\r\n\r\n%s",
             method, path, strlen(body), body);
    if (send(stream, request, strlen(request), MSG_NOSIGNAL) < 0) exit(2);
    while (have + 1 < size && (got = recv(stream, answer + have, size - 1 - have, 0)) > 0) have += (size_t)got;
    answer[have] = '\0';
    close(stream);
}

/* The seed state, an empty log, and these faults. */
static inline void faults(const char *json) {
    char answer[512];
    emulator("POST", "reset", "", answer, sizeof answer);
    emulator("POST", "faults", json, answer, sizeof answer);
}

/* Waits until that many requests have reached the emulator. */
static inline void await_requests(int64_t wanted) {
    static char answer[1 << 20];
    for (;;) {
        const char *found = answer;
        int64_t count = 0;
        emulator("GET", "log", "", answer, sizeof answer);
        while ((found = strstr(found, "\"method\"")) != NULL) found++, count++;
        if (count >= wanted) return;
        usleep(1000);
    }
}

/* ---- the library ---- */

static inline graph_client *client_of(const char *where, int64_t connect_timeout_ms) {
    graph_options *options = graph_options_new();
    graph_client *client = NULL;
    graph_options_set_endpoint(options, where, NULL);
    graph_options_set_max_attempts(options, 2, NULL);
    graph_options_set_backoff_ms(options, 1, 1, NULL);
    graph_options_set_connect_timeout_ms(options, connect_timeout_ms, NULL);
    graph_options_set_proxy(options, "", NULL);
    graph_client_new(options, "demo-token", &client, NULL);
    graph_options_free(options);
    return client;
}

static inline graph_status call(graph_client *client) {
    return graph_client_remove_all_devices(client, USER, NULL, NULL, NULL);
}

static inline void *calling(void *client) {
    call((graph_client *)client);
    return NULL;
}

static inline pthread_t thread(void *(*body)(void *), void *with) {
    pthread_t started;
    if (pthread_create(&started, NULL, body, with) != 0) exit(2);
    return started;
}

#endif
