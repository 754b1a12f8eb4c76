/*
 * Makes one call of the C API and prints every public field as one line of JSON.
 *
 *   scenario_runner two_argument|client|run name=value ...
 *
 * It holds no expectations: see tests/scenarios.
 */
#include <graph_devices.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- arguments ---- */

static int count;
static char **arguments;

/* Turns hex:6162 into the bytes ab, in place. */
static char *decoded(char *value) {
    size_t length, i;
    if (strncmp(value, "hex:", 4) != 0) return value;
    length = strlen(value + 4) / 2;
    for (i = 0; i < length; i++) {
        char pair[3] = {value[4 + 2 * i], value[5 + 2 * i], '\0'};
        value[i] = (char)strtoul(pair, NULL, 16);
    }
    value[length] = '\0';
    return value;
}

/* The value of the next argument of that name from *index on; NULL where there is none. */
static char *next(const char *name, int *index) {
    size_t length = strlen(name);
    for (; *index < count; (*index)++) {
        char *argument = arguments[*index];
        if (strncmp(argument, name, length) == 0 && argument[length] == '=') {
            (*index)++;
            return decoded(argument + length + 1);
        }
    }
    return NULL;
}

static char *text(const char *name) {
    int index = 0;
    return next(name, &index);
}

static int number(const char *name, int64_t *value) {
    char *found = text(name);
    if (found == NULL) return 0;
    *value = (int64_t)strtoll(found, NULL, 10);
    return 1;
}

static char *file(const char *path) {
    FILE *stream = fopen(path, "rb");
    char *content = (char *)calloc(1, 1 << 20);
    if (stream == NULL || content == NULL || fread(content, 1, (1 << 20) - 1, stream) == 0) exit(2);
    fclose(stream);
    return content;
}

/* ---- JSON ---- */

static void string(const char *value) {
    if (value == NULL) {
        printf("null");
        return;
    }
    putchar('"');
    for (; *value != '\0'; value++) {
        unsigned char byte = (unsigned char)*value;
        if (byte == '"' || byte == '\\') printf("\\%c", byte);
        else if (byte < 0x20) printf("\\u%04x", byte);
        else putchar(byte);
    }
    putchar('"');
}

static void text_member(const char *name, const char *value) {
    printf("\"%s\":", name);
    string(value);
    putchar(',');
}

/* A negative number is an absent one. */
static void number_member(const char *name, int64_t value) {
    if (value < 0) printf("\"%s\":null,", name);
    else printf("\"%s\":%lld,", name, (long long)value);
}

static void print_receipt(const graph_receipt *receipt) {
    if (receipt == NULL) {
        printf("null");
        return;
    }
    putchar('{');
    text_member("user", graph_receipt_user(receipt));
    text_member("request_id", graph_receipt_request_id(receipt));
    text_member("client_request_id", graph_receipt_client_request_id(receipt));
    text_member("date", graph_receipt_date(receipt));
    number_member("attempts", graph_receipt_attempts(receipt));
    number_member("elapsed_ms", graph_receipt_elapsed_ms(receipt));
    printf("\"endpoint\":");
    string(graph_receipt_endpoint(receipt));
    putchar('}');
}

static void print_error(const graph_error *error) {
    if (error == NULL) {
        printf("null");
        return;
    }
    putchar('{');
    text_member("status", graph_status_name(graph_error_status(error)));
    number_member("status_number", graph_error_status(error));
    text_member("message", graph_error_message(error));
    number_member("http_status", graph_error_http_status(error));
    text_member("code", graph_error_code(error));
    text_member("inner_code", graph_error_inner_code(error));
    text_member("service_message", graph_error_service_message(error));
    text_member("request_id", graph_error_request_id(error));
    text_member("client_request_id", graph_error_client_request_id(error));
    text_member("activity_id", graph_error_activity_id(error));
    number_member("retry_after_ms", graph_error_retry_after_ms(error));
    text_member("approval_code", graph_error_approval_code(error));
    text_member("claims", graph_error_claims(error));
    number_member("attempts", graph_error_attempts(error));
    printf("\"effect\":");
    string(graph_effect_name(graph_error_effect(error)));
    putchar('}');
}

static int tell_error(const graph_error *error) {
    printf("{\"receipt\":null,\"error\":");
    print_error(error);
    printf("}\n");
    return 0;
}

/* ---- calls ---- */

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

static void print_row(const graph_event *event, int first) {
    graph_reason reason = graph_event_reason(event);
    if (!first) putchar(',');
    putchar('{');
    text_member("user", graph_event_user(event));
    text_member("outcome", graph_outcome_name(graph_event_outcome(event)));
    text_member("reason", reason == GRAPH_REASON_NONE ? NULL : graph_reason_name(reason));
    printf("\"receipt\":");
    print_receipt(graph_event_receipt(event));
    printf(",\"error\":");
    print_error(graph_event_error(event));
    putchar('}');
}

static void print_counts(const graph_event *event) {
    graph_status fatal = graph_event_fatal(event);
    int32_t outcome;
    printf("],\"counts\":{");
    for (outcome = GRAPH_OUTCOME_ACCEPTED; outcome <= GRAPH_OUTCOME_SKIPPED; outcome++)
        printf("%s\"%s\":%lld", outcome == GRAPH_OUTCOME_ACCEPTED ? "" : ",", graph_outcome_name(outcome),
               (long long)graph_event_count(event, outcome));
    printf("},\"fatal\":");
    string(fatal == GRAPH_STATUS_OK ? NULL : graph_status_name(fatal));
    printf("}\n");
}

static int run_call(graph_client *client) {
    graph_run_options *options = graph_run_options_new();
    graph_run *run = NULL;
    graph_error *error = NULL;
    char *found;
    int index = 0, rows = 0, done = 0, code = 0;
    graph_status status = GRAPH_STATUS_OK;
    if ((found = text("justification")) != NULL)
        status = graph_run_options_set_justification(options, found, &error);
    if (status == GRAPH_STATUS_OK) status = graph_run_start(client, options, &run, &error);
    while (status == GRAPH_STATUS_OK && (found = next("user", &index)) != NULL)
        status = graph_run_add_user(run, found, &error);
    if (status == GRAPH_STATUS_OK) status = graph_run_end_users(run, &error);
    if (status == GRAPH_STATUS_OK) printf("{\"rows\":[");
    while (status == GRAPH_STATUS_OK && !done) {
        graph_event *event = NULL;
        status = graph_run_next(run, 200, &event, &error);
        switch (graph_event_get_kind(event)) {
        case GRAPH_EVENT_ROW:
            print_row(event, rows++ == 0);
            break;
        case GRAPH_EVENT_DONE:
            print_counts(event);
            done = 1;
            break;
        default:
            break;
        }
        graph_event_free(event);
    }
    if (status != GRAPH_STATUS_OK) code = tell_error(error);
    graph_error_free(error);
    graph_run_free(run);
    graph_run_options_free(options);
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
        code = tell_error(error);
    } else {
        code = strcmp(argv[1], "run") == 0 ? run_call(client) : client_call(client);
    }
    graph_error_free(error);
    graph_client_free(client);
    graph_options_free(options);
    return code;
}
