/*
 * Makes one call of the C API and prints every public field as one line of JSON.
 *
 *   scenario_runner two_argument|client|devices|run|verify name=value ...
 *
 * It holds no expectations: see tests/scenarios.
 */
#include "scenario.h"

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
    number_member("status_number", status);
    printf("\"message\":");
    string(graph_status_message(status));
    printf("}\n");
    return 0;
}

static graph_status set_options(graph_options *options, graph_error **error) {
    graph_status status = GRAPH_STATUS_OK;
    int64_t value, cap;
    char *found;
    if ((found = text("cloud")) != NULL && status == GRAPH_STATUS_OK)
        status = graph_options_set_cloud(options, found, error);
    if ((found = text("endpoint")) != NULL && status == GRAPH_STATUS_OK)
        status = graph_options_set_endpoint(options, found, error);
    if (number("timeout_ms", &value) && status == GRAPH_STATUS_OK)
        status = graph_options_set_timeout_ms(options, value, error);
    if (number("connect_timeout_ms", &value) && status == GRAPH_STATUS_OK)
        status = graph_options_set_connect_timeout_ms(options, value, error);
    if (number("deadline_ms", &value) && status == GRAPH_STATUS_OK)
        status = graph_options_set_deadline_ms(options, value, error);
    if (number("max_attempts", &value) && status == GRAPH_STATUS_OK)
        status = graph_options_set_max_attempts(options, (int32_t)value, error);
    if (number("backoff_base_ms", &value) && number("backoff_cap_ms", &cap) && status == GRAPH_STATUS_OK)
        status = graph_options_set_backoff_ms(options, value, cap, error);
    if ((found = text("proxy")) != NULL && status == GRAPH_STATUS_OK)
        status = graph_options_set_proxy(options, found, error);
    if ((found = text("ca_pem_file")) != NULL && status == GRAPH_STATUS_OK) {
        char *pem = file(found);
        status = graph_options_set_ca_pem(options, pem, error);
        free(pem);
    }
    if ((found = text("ca_pem")) != NULL && status == GRAPH_STATUS_OK)
        status = graph_options_set_ca_pem(options, found, error);
    if ((found = text("user_agent_suffix")) != NULL && status == GRAPH_STATUS_OK)
        status = graph_options_set_user_agent_suffix(options, found, error);
    return status;
}

static graph_status set_call_options(graph_call_options *options, graph_error **error) {
    graph_status status = GRAPH_STATUS_OK;
    char *found;
    if ((found = text("justification")) != NULL && status == GRAPH_STATUS_OK)
        status = graph_call_options_set_justification(options, found, error);
    if ((found = text("approval_code")) != NULL && status == GRAPH_STATUS_OK)
        status = graph_call_options_set_approval_code(options, found, error);
    if ((found = text("client_request_id")) != NULL && status == GRAPH_STATUS_OK)
        status = graph_call_options_set_client_request_id(options, found, error);
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

typedef graph_status text_setter(graph_run_options *, const char *, graph_error **);
typedef graph_status number_setter(graph_run_options *, int32_t, graph_error **);
typedef graph_status quota_setter(graph_run_options *, int32_t, int64_t, graph_error **);

/* Every value of that name, as long as all is well. */
static graph_status set_text(graph_run_options *options, const char *name, text_setter *set, graph_error **error) {
    graph_status status = GRAPH_STATUS_OK;
    char *found;
    int index = 0;
    while (status == GRAPH_STATUS_OK && (found = next(name, &index)) != NULL) status = set(options, found, error);
    return status;
}

static graph_status set_number(graph_run_options *options, const char *name, number_setter *set,
                               graph_error **error) {
    int64_t value;
    return number(name, &value) ? set(options, (int32_t)value, error) : GRAPH_STATUS_OK;
}

/* 150/20: so many requests in so many seconds. */
static graph_status set_quota(graph_run_options *options, const char *name, quota_setter *set, graph_error **error) {
    long requests, seconds;
    char *found = text(name);
    if (found == NULL || sscanf(found, "%ld/%ld", &requests, &seconds) != 2) return GRAPH_STATUS_OK;
    return set(options, (int32_t)requests, (int64_t)seconds * 1000, error);
}

/* name:sha256 */
static graph_status set_input(graph_run_options *options, graph_error **error) {
    char *found = text("input"), *colon = found == NULL ? NULL : strchr(found, ':');
    if (colon == NULL) return GRAPH_STATUS_OK;
    *colon = '\0';
    return graph_run_options_set_input(options, found, colon + 1, error);
}

static graph_status set_preview(graph_run_options *options, graph_error **error) {
    char *found = text("preview");
    return found != NULL && strcmp(found, "1") == 0 ? graph_run_options_set_preview(options, error)
                                                    : GRAPH_STATUS_OK;
}

static graph_status set_run_options(graph_run_options *options, graph_error **error) {
    static const struct {
        const char *name;
        text_setter *set;
    } texts[] = {
        {"justification", graph_run_options_set_justification},
        {"journal", graph_run_options_set_journal},
        {"resume", graph_run_options_set_resume},
        {"plan", graph_run_options_set_plan},
        {"exclude", graph_run_options_add_exclude},
        {"accept", graph_run_options_add_accept},
        {"operator", graph_run_options_set_operator},
        {"host", graph_run_options_set_host},
    };
    static const struct {
        const char *name;
        number_setter *set;
    } numbers[] = {
        {"read", graph_run_options_set_read},
        {"connections", graph_run_options_set_connections},
        {"batch_size", graph_run_options_set_batch_size},
        {"max_users", graph_run_options_set_max_users},
        {"max_devices_per_user", graph_run_options_set_max_devices_per_user},
        {"max_approvals", graph_run_options_set_max_approvals},
    };
    graph_status status = GRAPH_STATUS_OK;
    size_t at;
    for (at = 0; at < sizeof texts / sizeof *texts && status == GRAPH_STATUS_OK; at++)
        status = set_text(options, texts[at].name, texts[at].set, error);
    for (at = 0; at < sizeof numbers / sizeof *numbers && status == GRAPH_STATUS_OK; at++)
        status = set_number(options, numbers[at].name, numbers[at].set, error);
    if (status == GRAPH_STATUS_OK) status = set_quota(options, "quota", graph_run_options_set_quota, error);
    if (status == GRAPH_STATUS_OK) status = set_quota(options, "read_quota", graph_run_options_set_read_quota, error);
    if (status == GRAPH_STATUS_OK) status = set_input(options, error);
    if (status == GRAPH_STATUS_OK) status = set_preview(options, error);
    return status;
}

/* Takes events to the end; prints those of a kind as a list of that name, and then the last. */
static graph_status print_events(graph_run *run, const char *name, graph_event_kind kind, graph_error **error) {
    int printed = 0, done = 0;
    graph_status status = GRAPH_STATUS_OK;
    printf("{\"%s\":[", name);
    while (status == GRAPH_STATUS_OK && !done) {
        graph_event *event = NULL;
        status = graph_run_next(run, 200, &event, error);
        done = graph_event_get_kind(event) == GRAPH_EVENT_DONE;
        if (graph_event_get_kind(event) == kind) {
            if (printed++ > 0) putchar(',');
            if (kind == GRAPH_EVENT_ROW) print_row(event);
            else print_verified(event);
        } else if (done) {
            printf("],");
            if (kind == GRAPH_EVENT_ROW) {
                print_counts(event);
                number_member("duplicates", graph_event_duplicates(event));
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
    if (status == GRAPH_STATUS_OK) status = print_events(run, "rows", GRAPH_EVENT_ROW, &error);
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
    graph_status status = graph_verify_start(client, text("journal"), NULL, &run, &error);
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
    } else if (set_options(options, &error) != GRAPH_STATUS_OK ||
               graph_client_new(options, text("token"), &client, &error) != GRAPH_STATUS_OK) {
        code = strcmp(argv[1], "devices") == 0 ? tell_no_devices(error) : tell_error(error);
    } else {
        if (strcmp(argv[1], "devices") == 0) code = devices_call(client);
        else if (strcmp(argv[1], "run") == 0) code = run_call(client);
        else if (strcmp(argv[1], "verify") == 0) code = verify_call(client);
        else code = client_call(client);
    }
    graph_error_free(error);
    graph_client_free(client);
    graph_options_free(options);
    return code;
}
