/*
 * Every function of the C API for one user with NULL, with wrong numbers, and the rules of ownership. Sends nothing.
 * Ends with a line "N passed, N failed".
 */
#include "generated/nothing.h"

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
    for (number = GRAPH_REASON_DONE_BEFORE; number <= GRAPH_REASON_NEEDS_CONSENT; number++)
        CHECK(graph_reason_name(number) != NULL && *graph_reason_name(number) != '\0');
    CHECK(is(graph_effect_name(GRAPH_EFFECT_NONE), "none"));
    CHECK(is(graph_effect_name(GRAPH_EFFECT_POSSIBLE), "possible"));
    CHECK(is(graph_outcome_name(99), "unknown_outcome"));
    CHECK(is(graph_reason_name(-7), "unknown_reason"));
    CHECK(is(graph_effect_name(12), "unknown_effect"));
}

static void user_ids(void) {
    graph_error *error = NULL;
    CHECK(graph_check_user_id("adele@contoso.com", NULL) == GRAPH_STATUS_OK);
    CHECK(graph_check_user_id("10000000-0000-4000-8000-000000000001", &error) == GRAPH_STATUS_OK && error == NULL);
    CHECK(graph_check_user_id("me", &error) == GRAPH_STATUS_INVALID_ARGUMENT);
    CHECK(error != NULL && graph_error_message(error) != NULL);
    graph_error_free(error);
    CHECK(graph_check_user_id("Name;id", NULL) == GRAPH_STATUS_INVALID_ARGUMENT);
    CHECK(graph_check_user_id(NULL, NULL) == GRAPH_STATUS_INVALID_ARGUMENT);
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
    passed++;
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
    REFUSED(graph_options_set_endpoint_variable_value(NULL, "http://127.0.0.1:1", &error));
    REFUSED(graph_options_set_endpoint_variable_value(options, "https://graph.example.com", &error));
    REFUSED(graph_options_set_endpoint_variable_value(options, "\xff", &error));
    ACCEPTED(graph_options_set_endpoint_variable_value(options, NULL, &error));
    ACCEPTED(graph_options_set_endpoint_variable_value(options, "", &error));
    ACCEPTED(graph_options_set_endpoint_variable_value(options, "http://127.0.0.1:1", &error));
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
    REFUSED(graph_options_set_ca_certificates(NULL, "", &error));
    REFUSED(graph_options_set_ca_certificates(options, NULL, &error));
    REFUSED(graph_options_set_ca_certificates(options, "no certificate", &error));
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
    CHECK(graph_remove_all_devices_with_environment(NULL, NULL, NULL) == INVALID);
    CHECK(graph_remove_all_devices_with_environment("https://graph.example.com", "demo-token", "adele@contoso.com") ==
          INVALID);
    CHECK(graph_remove_all_devices_with_environment("\xff", "demo-token", "adele@contoso.com") == INVALID);
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

int main(void) {
    names();
    user_ids();
    versions();
    free_of_nothing();
    accessors_of_nothing();
    setters_of_nothing();
    options();
    call_options();
    two_arguments();
    clients();
    return finish();
}
