/*
 * Every function of the C API with NULL, with wrong numbers, and the rules of ownership. Sends nothing.
 * Ends with a line "N passed, N failed".
 */
#include <graph_devices.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INVALID GRAPH_STATUS_INVALID_ARGUMENT

static int passed;
static int failed;

static void check(int holds, const char *what, int line) {
    if (holds) {
        passed++;
    } else {
        failed++;
        printf("FAIL line %d: %s\n", line, what);
    }
}
#define CHECK(condition) check((condition) ? 1 : 0, #condition, __LINE__)

/* The call is refused, and the error says so in words and in the same number. */
#define REFUSED(call)                                                                                      \
    do {                                                                                                   \
        graph_error *error = NULL;                                                                         \
        graph_status status = (call);                                                                      \
        check(status == INVALID, #call " is refused", __LINE__);                                           \
        check(graph_error_status(error) == status, #call " gives an error of its status", __LINE__);       \
        check(graph_error_message(error) != NULL && *graph_error_message(error) != '\0',                   \
              #call " has a message", __LINE__);                                                           \
        check(graph_error_effect(error) == GRAPH_EFFECT_NONE, #call " did nothing", __LINE__);             \
        graph_error_free(error);                                                                           \
    } while (0)

#define ACCEPTED(call)                                                                                     \
    do {                                                                                                   \
        graph_error *error = NULL;                                                                         \
        check((call) == GRAPH_STATUS_OK, #call, __LINE__);                                                 \
        check(error == NULL, #call " leaves no error", __LINE__);                                          \
        graph_error_free(error);                                                                           \
    } while (0)

static int is(const char *text, const char *expected) { return text != NULL && strcmp(text, expected) == 0; }

static void names(void) {
    int32_t number;
    for (number = GRAPH_STATUS_OK; number <= GRAPH_STATUS_INTERNAL; number++) {
        CHECK(graph_status_name(number) != NULL && *graph_status_name(number) != '\0');
        CHECK(graph_status_message(number) != NULL && *graph_status_message(number) != '\0');
        CHECK(!is(graph_status_name(number), "unknown_status"));
    }
    CHECK(is(graph_status_name(GRAPH_STATUS_OK), "ok"));
    CHECK(is(graph_status_name(GRAPH_STATUS_INTERNAL), "internal"));
    CHECK(is(graph_status_name(-1), "unknown_status"));
    CHECK(is(graph_status_name(INT32_MAX), "unknown_status"));
    CHECK(graph_status_message(INT32_MIN) != NULL);
    for (number = GRAPH_OUTCOME_ACCEPTED; number <= GRAPH_OUTCOME_SKIPPED; number++)
        CHECK(graph_outcome_name(number) != NULL && *graph_outcome_name(number) != '\0');
    for (number = GRAPH_REASON_DONE_BEFORE; number <= GRAPH_REASON_STOPPED; number++)
        CHECK(graph_reason_name(number) != NULL && *graph_reason_name(number) != '\0');
    CHECK(is(graph_effect_name(GRAPH_EFFECT_NONE), "none"));
    CHECK(is(graph_effect_name(GRAPH_EFFECT_POSSIBLE), "possible"));
    CHECK(is(graph_outcome_name(99), "unknown_outcome"));
    CHECK(is(graph_reason_name(-7), "unknown_reason"));
    CHECK(is(graph_effect_name(12), "unknown_effect"));
    CHECK(is(graph_event_kind_name(GRAPH_EVENT_NONE), "none"));
    CHECK(is(graph_event_kind_name(GRAPH_EVENT_DONE), "done"));
    CHECK(is(graph_event_kind_name(GRAPH_EVENT_DONE + 1), "unknown_event_kind"));
}

static void versions(void) {
    int major = -1, minor = -1, patch = -1;
    CHECK(sscanf(graph_version(), "%d.%d.%d", &major, &minor, &patch) == 3);
    CHECK(graph_abi_version() >> 16 == GRAPH_ABI_VERSION_MAJOR);
    CHECK((graph_abi_version() & 0xffff) == GRAPH_ABI_VERSION_MINOR);
}

static void free_of_nothing(void) {
    graph_options_free(NULL);
    graph_client_free(NULL);
    graph_call_options_free(NULL);
    graph_receipt_free(NULL);
    graph_error_free(NULL);
    graph_run_options_free(NULL);
    graph_run_free(NULL);
    graph_event_free(NULL);
    graph_run_stop(NULL);
    passed++;
}

static void accessors_of_nothing(void) {
    CHECK(graph_receipt_user(NULL) == NULL);
    CHECK(graph_receipt_request_id(NULL) == NULL);
    CHECK(graph_receipt_client_request_id(NULL) == NULL);
    CHECK(graph_receipt_date(NULL) == NULL);
    CHECK(graph_receipt_endpoint(NULL) == NULL);
    CHECK(graph_receipt_attempts(NULL) <= 0);
    CHECK(graph_receipt_elapsed_ms(NULL) == -1);
    CHECK(graph_error_status(NULL) == GRAPH_STATUS_OK);
    CHECK(graph_error_message(NULL) == NULL);
    CHECK(graph_error_http_status(NULL) == -1);
    CHECK(graph_error_code(NULL) == NULL);
    CHECK(graph_error_inner_code(NULL) == NULL);
    CHECK(graph_error_service_message(NULL) == NULL);
    CHECK(graph_error_request_id(NULL) == NULL);
    CHECK(graph_error_client_request_id(NULL) == NULL);
    CHECK(graph_error_activity_id(NULL) == NULL);
    CHECK(graph_error_retry_after_ms(NULL) == -1);
    CHECK(graph_error_approval_code(NULL) == NULL);
    CHECK(graph_error_claims(NULL) == NULL);
    CHECK(graph_error_attempts(NULL) <= 0);
    CHECK(graph_error_effect(NULL) == GRAPH_EFFECT_NONE);
    CHECK(graph_event_get_kind(NULL) == GRAPH_EVENT_NONE);
    CHECK(graph_event_user(NULL) == NULL);
    CHECK(graph_event_receipt(NULL) == NULL);
    CHECK(graph_event_error(NULL) == NULL);
    CHECK(graph_event_reason(NULL) == GRAPH_REASON_NONE);
    CHECK(graph_event_claims(NULL) == NULL);
    CHECK(graph_event_text(NULL) == NULL);
    CHECK(graph_event_count(NULL, GRAPH_OUTCOME_ACCEPTED) <= 0);
    CHECK(graph_event_fatal(NULL) == GRAPH_STATUS_OK);
    (void)graph_event_outcome(NULL);
}

static void options(void) {
    graph_options *options = graph_options_new();
    CHECK(options != NULL);
    REFUSED(graph_options_set_cloud(NULL, "global", &error));
    REFUSED(graph_options_set_cloud(options, NULL, &error));
    REFUSED(graph_options_set_cloud(options, "mars", &error));
    REFUSED(graph_options_set_cloud(options, "GovSGCloud", &error));
    REFUSED(graph_options_set_cloud(options, "\xff", &error));
    ACCEPTED(graph_options_set_cloud(options, "usgov", &error));
    ACCEPTED(graph_options_set_cloud(options, "USGovDoD", &error));
    REFUSED(graph_options_set_endpoint(NULL, "http://127.0.0.1:1", &error));
    REFUSED(graph_options_set_endpoint(options, NULL, &error));
    REFUSED(graph_options_set_endpoint(options, "", &error));
    REFUSED(graph_options_set_endpoint(options, "http://graph.microsoft.com", &error));
    ACCEPTED(graph_options_set_endpoint(options, "http://127.0.0.1:1", &error));
    REFUSED(graph_options_set_endpoint_from_environment(NULL, &error));
    REFUSED(graph_options_set_timeout_ms(NULL, 1, &error));
    REFUSED(graph_options_set_timeout_ms(options, 0, &error));
    REFUSED(graph_options_set_timeout_ms(options, INT64_MIN, &error));
    ACCEPTED(graph_options_set_timeout_ms(options, 1000, &error));
    REFUSED(graph_options_set_connect_timeout_ms(NULL, 1, &error));
    REFUSED(graph_options_set_connect_timeout_ms(options, -1, &error));
    ACCEPTED(graph_options_set_connect_timeout_ms(options, 1000, &error));
    REFUSED(graph_options_set_deadline_ms(NULL, 1, &error));
    REFUSED(graph_options_set_deadline_ms(options, 0, &error));
    ACCEPTED(graph_options_set_deadline_ms(options, 5000, &error));
    REFUSED(graph_options_set_max_attempts(NULL, 1, &error));
    REFUSED(graph_options_set_max_attempts(options, 0, &error));
    ACCEPTED(graph_options_set_max_attempts(options, 1, &error));
    REFUSED(graph_options_set_backoff_ms(NULL, 1, 2, &error));
    REFUSED(graph_options_set_backoff_ms(options, -1, 2, &error));
    ACCEPTED(graph_options_set_backoff_ms(options, 1, 2, &error));
    REFUSED(graph_options_set_proxy(NULL, "", &error));
    REFUSED(graph_options_set_proxy(options, NULL, &error));
    ACCEPTED(graph_options_set_proxy(options, "", &error));
    REFUSED(graph_options_set_ca_pem(NULL, "", &error));
    REFUSED(graph_options_set_ca_pem(options, NULL, &error));
    REFUSED(graph_options_set_ca_pem(options, "no certificate", &error));
    REFUSED(graph_options_set_user_agent_suffix(NULL, "x", &error));
    REFUSED(graph_options_set_user_agent_suffix(options, NULL, &error));
    REFUSED(graph_options_set_user_agent_suffix(options, "x\r\ny", &error));
    ACCEPTED(graph_options_set_user_agent_suffix(options, "leavers/1", &error));
    CHECK(graph_options_set_timeout_ms(options, 0, NULL) == INVALID);
    graph_options_free(options);
}

static void call_options(void) {
    graph_call_options *options = graph_call_options_new();
    CHECK(options != NULL);
    REFUSED(graph_call_options_set_justification(NULL, "x", &error));
    REFUSED(graph_call_options_set_justification(options, NULL, &error));
    ACCEPTED(graph_call_options_set_justification(options, "left", &error));
    REFUSED(graph_call_options_set_approval_code(NULL, "x", &error));
    REFUSED(graph_call_options_set_approval_code(options, NULL, &error));
    ACCEPTED(graph_call_options_set_approval_code(options, "50000000-0000-4000-8000-000000000001", &error));
    REFUSED(graph_call_options_set_client_request_id(NULL, "x", &error));
    REFUSED(graph_call_options_set_client_request_id(options, NULL, &error));
    REFUSED(graph_call_options_set_client_request_id(options, "ticket", &error));
    REFUSED(graph_call_options_set_deadline_ms(NULL, 1, &error));
    REFUSED(graph_call_options_set_deadline_ms(options, 0, &error));
    ACCEPTED(graph_call_options_set_deadline_ms(options, 100, &error));
    graph_call_options_free(options);
}

static void two_arguments(void) {
    CHECK(graph_remove_all_devices(NULL, NULL) == INVALID);
    CHECK(graph_remove_all_devices(NULL, "adele@contoso.com") == INVALID);
    CHECK(graph_remove_all_devices("demo-token", NULL) == INVALID);
    CHECK(graph_remove_all_devices("demo-token", "me") == INVALID);
    CHECK(graph_remove_all_devices("demo-token", "\xc3\x28") == INVALID);
    CHECK(graph_remove_all_devices("", "adele@contoso.com") == INVALID);
}

/* A client that no one listens to. */
static graph_client *client_new(void) {
    graph_options *options = graph_options_new();
    graph_client *client = NULL;
    CHECK(graph_options_set_endpoint(options, "http://127.0.0.1:1", NULL) == GRAPH_STATUS_OK);
    CHECK(graph_options_set_max_attempts(options, 1, NULL) == GRAPH_STATUS_OK);
    ACCEPTED(graph_client_new(options, "demo-token", &client, &error));
    graph_options_free(options);
    CHECK(client != NULL);
    return client;
}

static void clients(void) {
    graph_client *client = client_new();
    graph_client *none = client;
    graph_receipt *receipt = (graph_receipt *)(void *)client;
    REFUSED(graph_client_new(NULL, NULL, &none, &error));
    CHECK(none == NULL);
    REFUSED(graph_client_new(NULL, "", &none, &error));
    REFUSED(graph_client_new(NULL, "demo-token", NULL, &error));
    REFUSED(graph_client_set_token(NULL, "demo-token", &error));
    REFUSED(graph_client_set_token(client, NULL, &error));
    REFUSED(graph_client_set_token(client, "a\nb", &error));
    ACCEPTED(graph_client_set_token(client, "demo-token", &error));
    REFUSED(graph_client_remove_all_devices(NULL, "adele@contoso.com", NULL, &receipt, &error));
    CHECK(receipt == NULL);
    REFUSED(graph_client_remove_all_devices(client, NULL, NULL, &receipt, &error));
    REFUSED(graph_client_remove_all_devices(client, "me", NULL, NULL, &error));
    CHECK(graph_client_remove_all_devices(client, "me", NULL, NULL, NULL) == INVALID);
    CHECK(graph_client_remove_all_devices(client, "adele@contoso.com", NULL, &receipt, NULL) ==
          GRAPH_STATUS_CONNECTION_FAILED);
    CHECK(receipt == NULL);
    graph_client_free(client);
}

/* Takes events until the run is done; gives the number of rows. */
static int drain(graph_run *run, graph_event_kind *last) {
    int rows = 0, turns;
    *last = GRAPH_EVENT_NONE;
    for (turns = 0; turns < 1000 && *last != GRAPH_EVENT_DONE; turns++) {
        graph_event *event = NULL;
        if (graph_run_next(run, 100, &event, NULL) != GRAPH_STATUS_OK) return -1;
        *last = graph_event_get_kind(event);
        if (*last == GRAPH_EVENT_ROW) {
            rows++;
            CHECK(graph_event_user(event) != NULL);
            CHECK((graph_event_receipt(event) != NULL) == (graph_event_outcome(event) == GRAPH_OUTCOME_ACCEPTED));
            CHECK(graph_event_claims(event) == NULL && graph_event_text(event) == NULL);
        }
        graph_event_free(event);
    }
    return rows;
}

static void runs(void) {
    graph_client *client = client_new();
    graph_run_options *options = graph_run_options_new();
    graph_run *run = NULL;
    graph_event *event = NULL;
    graph_event_kind last;
    CHECK(options != NULL);
    REFUSED(graph_run_options_set_justification(NULL, "x", &error));
    REFUSED(graph_run_options_set_justification(options, NULL, &error));
    ACCEPTED(graph_run_options_set_justification(options, "left", &error));
    REFUSED(graph_run_options_set_supplies_tokens(NULL, 1, &error));
    ACCEPTED(graph_run_options_set_supplies_tokens(options, 0, &error));
    REFUSED(graph_run_start(NULL, options, &run, &error));
    REFUSED(graph_run_start(client, options, NULL, &error));
    REFUSED(graph_run_add_user(NULL, "adele@contoso.com", &error));
    REFUSED(graph_run_end_users(NULL, &error));
    REFUSED(graph_run_next(NULL, 0, &event, &error));
    CHECK(event == NULL);
    REFUSED(graph_run_set_token(NULL, "demo-token", &error));

    ACCEPTED(graph_run_start(client, options, &run, &error));
    graph_run_options_free(options);
    graph_client_free(client); /* a run keeps what it needs */
    REFUSED(graph_run_add_user(run, NULL, &error));
    REFUSED(graph_run_next(run, -1, &event, &error));
    REFUSED(graph_run_next(run, 0, NULL, &error));
    REFUSED(graph_run_set_token(run, NULL, &error));
    ACCEPTED(graph_run_add_user(run, "me", &error));
    ACCEPTED(graph_run_add_user(run, "adele@contoso.com", &error));
    ACCEPTED(graph_run_end_users(run, &error));
    CHECK(drain(run, &last) == 2);
    CHECK(last == GRAPH_EVENT_DONE);
    graph_run_free(run);
}

static void stopped_and_abandoned_runs(void) {
    graph_client *client = client_new();
    graph_run *run = NULL;
    graph_event_kind last;
    ACCEPTED(graph_run_start(client, NULL, &run, &error));
    graph_run_stop(run);
    graph_run_stop(run);
    (void)drain(run, &last);
    CHECK(last == GRAPH_EVENT_DONE);
    graph_run_free(run);
    ACCEPTED(graph_run_start(client, NULL, &run, &error));
    ACCEPTED(graph_run_add_user(run, "adele@contoso.com", &error));
    graph_run_free(run); /* in the middle of it */
    graph_client_free(client);
}

int main(void) {
    names();
    versions();
    free_of_nothing();
    accessors_of_nothing();
    options();
    call_options();
    two_arguments();
    clients();
    runs();
    stopped_and_abandoned_runs();
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
