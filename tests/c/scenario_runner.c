/*
 * Makes one call of the C API and prints every public field as one line of JSON.
 *
 *   scenario_runner two_argument|client|devices|run|verify name=value ...
 *
 * It holds no expectations: see tests/scenarios.
 */
#include "generated/fields.h"

/* The members devices and warnings, each null without a list. */
static void print_devices(const graph_device_list *list) {
    int32_t index;
    if (list == NULL) {
        printf("\"devices\":null,\"warnings\":null");
        return;
    }
    printf("\"devices\":[");
    for (index = 0; index < graph_device_list_count(list); index++) {
        if (index > 0) putchar(',');
        print_device(graph_device_list_get(list, index));
    }
    printf("],\"warnings\":[");
    for (index = 0; index < graph_device_list_warning_count(list); index++) {
        if (index > 0) putchar(',');
        print_warning(graph_device_list_warning(list, index));
    }
    putchar(']');
}

static void print_verified(const graph_event *event) {
    int32_t index;
    putchar('{');
    text_member("user", graph_event_user(event));
    text_member("id", graph_event_id(event));
    text_member("verdict", graph_verdict_name(graph_event_verdict(event)));
    printf("\"devices\":[");
    for (index = 0; index < graph_event_verified_count(event); index++) {
        if (index > 0) putchar(',');
        print_verified_device(graph_event_verified_device(event, index));
    }
    printf("]}");
}

static void print_row(const graph_event *event) {
    graph_reason reason = graph_event_reason(event);
    putchar('{');
    text_member("user", graph_event_user(event));
    text_member("id", graph_event_id(event));
    text_member("outcome", graph_outcome_name(graph_event_outcome(event)));
    text_member("reason", reason == GRAPH_REASON_NONE ? NULL : graph_reason_name(reason));
    text_member("detail", graph_event_detail(event));
    printf("\"receipt\":");
    print_receipt(graph_event_receipt(event));
    printf(",\"error\":");
    print_error(graph_event_error(event));
    putchar(',');
    print_devices(graph_event_devices(event));
    putchar('}');
}

static void print_counts(const graph_event *event) {
    int32_t outcome;
    printf("\"counts\":{");
    for (outcome = GRAPH_OUTCOME_ACCEPTED; outcome <= GRAPH_OUTCOME_SKIPPED; outcome++)
        printf("%s\"%s\":%lld", outcome == GRAPH_OUTCOME_ACCEPTED ? "" : ",", graph_outcome_name(outcome),
               (long long)graph_event_count(event, outcome));
    printf("},");
}

static void print_verdicts(const graph_event *event) {
    int32_t verdict;
    printf("\"verdicts\":{");
    for (verdict = GRAPH_VERDICT_GONE; verdict <= GRAPH_VERDICT_CANNOT_TELL; verdict++)
        printf("%s\"%s\":%lld", verdict == GRAPH_VERDICT_GONE ? "" : ",", graph_verdict_name(verdict),
               (long long)graph_event_verdict_count(event, verdict));
    printf("},");
}

/* The fields of the last event of a run and of a verification. */
static void print_end(const graph_event *event) {
    graph_status ended_by = graph_event_ended_by(event);
    text_member("ended_by", ended_by == GRAPH_STATUS_OK ? NULL : graph_status_name(ended_by));
    text_member("message", graph_event_message(event));
    printf("\"custom_endpoint\":");
    string(graph_event_custom_endpoint(event));
}

static int tell_error(const graph_error *error) {
    printf("{\"receipt\":null,\"error\":");
    print_error(error);
    printf("}\n");
    return 0;
}

static int tell_no_devices(const graph_error *error) {
    putchar('{');
    print_devices(NULL);
    printf(",\"error\":");
    print_error(error);
    printf("}\n");
    return 0;
}

static int two_argument(void) {
    graph_status status = graph_remove_all_devices(text("token"), text("user"));
    putchar('{');
    text_member("status", graph_status_name(status));
    printf("\"status_number\":%d,", (int)status);
    printf("\"message\":");
    string(graph_status_message(status));
    printf("}\n");
    return 0;
}

static graph_status set_client_options(graph_options *options, graph_error **error) {
    graph_status status = set_options(options, error);
    char *found = text("ca_certificates_file"), *pem;
    if (found == NULL || status != GRAPH_STATUS_OK) return status;
    pem = file(found);
    status = graph_options_set_ca_certificates(options, pem, error);
    free(pem);
    return status;
}

static int client_call(graph_client *client) {
    graph_call_options *options = graph_call_options_new();
    graph_receipt *receipt = NULL;
    graph_error *error = NULL;
    graph_status status = set_call_options(options, &error);
    if (status == GRAPH_STATUS_OK)
        status = graph_client_remove_all_devices(client, text("user"), options, &receipt, &error);
    if (status != graph_error_status(error)) {
        fprintf(stderr, "status %d returned, but %d in the error\n", (int)status, (int)graph_error_status(error));
        return 3;
    }
    printf("{\"receipt\":");
    print_receipt(receipt);
    printf(",\"error\":");
    print_error(error);
    printf("}\n");
    graph_receipt_free(receipt);
    graph_error_free(error);
    graph_call_options_free(options);
    return 0;
}

static int devices_call(graph_client *client) {
    graph_device_list *devices = NULL;
    graph_error *error = NULL;
    graph_client_managed_devices(client, text("user"), NULL, &devices, &error);
    putchar('{');
    print_devices(devices);
    printf(",\"error\":");
    print_error(error);
    printf("}\n");
    graph_device_list_free(devices);
    graph_error_free(error);
    return 0;
}

/* Takes events to the end; prints those of a kind as a list of that name, and then the last. */
static graph_status print_events(graph_run *run, const char *name, graph_event_kind kind, graph_error **error) {
    int printed = 0, done = 0;
    graph_status status = GRAPH_STATUS_OK;
    printf("{\"%s\":[", name);
    while (status == GRAPH_STATUS_OK && !done) {
        graph_event *event = NULL;
        status = graph_run_next(run, 200, &event, error);
        done = graph_event_type(event) == GRAPH_EVENT_DONE;
        if (graph_event_type(event) == kind) {
            if (printed++ > 0) putchar(',');
            if (kind == GRAPH_EVENT_RESULT)
                print_row(event);
            else
                print_verified(event);
        } else if (done) {
            printf("],");
            if (kind == GRAPH_EVENT_RESULT) {
                print_counts(event);
                printf("\"duplicates\":%lld,", (long long)graph_event_duplicates(event));
            } else {
                print_verdicts(event);
            }
            print_end(event);
            printf("}\n");
        }
        graph_event_free(event);
    }
    return status;
}

static int run_call(graph_client *client) {
    graph_run_options *options = graph_run_options_new();
    graph_run *run = NULL;
    graph_error *error = NULL;
    char *found;
    int index = 0, code = 0;
    graph_status status = set_run_options(options, &error);
    if (status == GRAPH_STATUS_OK) status = graph_run_start(client, options, &run, &error);
    while (status == GRAPH_STATUS_OK && (found = next("user", &index)) != NULL)
        status = graph_run_add_user(run, found, &error);
    if (status == GRAPH_STATUS_OK) status = graph_run_end_users(run, &error);
    if (status == GRAPH_STATUS_OK) status = print_events(run, "rows", GRAPH_EVENT_RESULT, &error);
    if (status != GRAPH_STATUS_OK) code = tell_error(error);
    graph_error_free(error);
    graph_run_free(run);
    graph_run_options_free(options);
    return code;
}

static int verify_call(graph_client *client) {
    graph_run *run = NULL;
    graph_error *error = NULL;
    int code = 0;
    graph_status status = graph_run_start_verify(client, text("journal"), NULL, &run, &error);
    if (status == GRAPH_STATUS_OK) status = print_events(run, "verified", GRAPH_EVENT_VERIFIED, &error);
    if (status != GRAPH_STATUS_OK) code = tell_error(error);
    graph_error_free(error);
    graph_run_free(run);
    return code;
}

int main(int argc, char **argv) {
    graph_options *options = graph_options_new();
    graph_client *client = NULL;
    graph_error *error = NULL;
    int code;
    if (argc < 2) return 2;
    count = argc - 2;
    arguments = argv + 2;
    if (strcmp(argv[1], "two_argument") == 0) {
        code = two_argument();
    } else if (set_client_options(options, &error) != GRAPH_STATUS_OK ||
               graph_client_new(options, text("token"), &client, &error) != GRAPH_STATUS_OK) {
        code = strcmp(argv[1], "devices") == 0 ? tell_no_devices(error) : tell_error(error);
    } else {
        if (strcmp(argv[1], "devices") == 0)
            code = devices_call(client);
        else if (strcmp(argv[1], "run") == 0)
            code = run_call(client);
        else if (strcmp(argv[1], "verify") == 0)
            code = verify_call(client);
        else
            code = client_call(client);
    }
    graph_error_free(error);
    graph_client_free(client);
    graph_options_free(options);
    return code;
}
