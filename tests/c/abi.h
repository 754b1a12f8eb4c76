/* What the tests of the C API share: checks that count, and a client that no one listens to. */
#ifndef ABI_H
#define ABI_H

#include <graph_devices.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INVALID GRAPH_STATUS_INVALID_ARGUMENT

static int passed;
static int failed;

static inline void check(int holds, const char *what, int line) {
    if (holds) {
        passed++;
    } else {
        failed++;
        printf("FAIL line %d: %s\n", line, what);
    }
}
#define CHECK(condition) check((condition) ? 1 : 0, #condition, __LINE__)

/* The call is refused, and the error says so in words and in the same number. */
#define REFUSED(call)                                                                                            \
    do {                                                                                                         \
        graph_error *error = NULL;                                                                               \
        graph_status status = (call);                                                                            \
        check(status == INVALID, #call " is refused", __LINE__);                                                 \
        check(graph_error_status(error) == status, #call " gives an error of its status", __LINE__);             \
        check(graph_error_message(error) != NULL && *graph_error_message(error) != '\0', #call " has a message", \
              __LINE__);                                                                                         \
        check(graph_error_effect(error) == GRAPH_EFFECT_NONE, #call " did nothing", __LINE__);                   \
        graph_error_free(error);                                                                                 \
    } while (0)

/* Refused, and the message names the argument. */
#define NAMED(call, argument)                                                                             \
    do {                                                                                                  \
        graph_error *error = NULL;                                                                        \
        check((call) == INVALID, #call " is refused", __LINE__);                                          \
        check(graph_error_message(error) != NULL && strstr(graph_error_message(error), argument) != NULL, \
              #call " names " argument, __LINE__);                                                        \
        graph_error_free(error);                                                                          \
    } while (0)

#define ACCEPTED(call)                                            \
    do {                                                          \
        graph_error *error = NULL;                                \
        check((call) == GRAPH_STATUS_OK, #call, __LINE__);        \
        check(error == NULL, #call " leaves no error", __LINE__); \
        graph_error_free(error);                                  \
    } while (0)

static inline int is(const char *text, const char *expected) { return text != NULL && strcmp(text, expected) == 0; }

/* A client that no one listens to. */
static inline graph_client *client_new(void) {
    graph_options *options = graph_options_new();
    graph_client *client = NULL;
    CHECK(graph_options_set_endpoint(options, "http://127.0.0.1:1", NULL) == GRAPH_STATUS_OK);
    CHECK(graph_options_set_max_attempts(options, 1, NULL) == GRAPH_STATUS_OK);
    ACCEPTED(graph_client_new(options, "demo-token", &client, &error));
    graph_options_free(options);
    CHECK(client != NULL);
    return client;
}

static inline int finish(void) {
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
