/* What the scenario runner reads and prints: its arguments, and every public field as JSON. */
#ifndef SCENARIO_H
#define SCENARIO_H

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

/* Yes, no, or absent. */
static void flag_member(const char *name, int32_t value) {
    printf("\"%s\":%s,", name, value < 0 ? "null" : value ? "true" : "false");
}

static void print_warning(const graph_warning *warning) {
    putchar('{');
    text_member("code", graph_warning_code_name(graph_warning_get_code(warning)));
    text_member("severity", graph_severity_name(graph_warning_severity(warning)));
    printf("\"message\":");
    string(graph_warning_message(warning));
    putchar('}');
}

static void print_device(const graph_device *device) {
    int32_t index;
    putchar('{');
    text_member("id", graph_device_id(device));
    text_member("name", graph_device_name(device));
    text_member("managed_name", graph_device_managed_name(device));
    text_member("operating_system", graph_device_operating_system(device));
    text_member("os_version", graph_device_os_version(device));
    text_member("serial_number", graph_device_serial_number(device));
    text_member("model", graph_device_model(device));
    text_member("manufacturer", graph_device_manufacturer(device));
    text_member("owner_type", graph_device_owner_type(device));
    text_member("state", graph_device_state(device));
    text_member("management_agent", graph_device_management_agent(device));
    text_member("enrollment_type", graph_device_enrollment_type(device));
    text_member("registration_state", graph_device_registration_state(device));
    text_member("compliance_state", graph_device_compliance_state(device));
    flag_member("is_encrypted", graph_device_is_encrypted(device));
    flag_member("is_supervised", graph_device_is_supervised(device));
    text_member("enrolled", graph_device_enrolled(device));
    text_member("last_sync", graph_device_last_sync(device));
    text_member("certificate_expires", graph_device_certificate_expires(device));
    text_member("entra_device_id", graph_device_entra_device_id(device));
    flag_member("entra_registered", graph_device_entra_registered(device));
    text_member("user_id", graph_device_user_id(device));
    text_member("user_principal_name", graph_device_user_principal_name(device));
    text_member("email_address", graph_device_email_address(device));
    printf("\"warnings\":[");
    for (index = 0; index < graph_device_warning_count(device); index++) {
        if (index > 0) putchar(',');
        print_warning(graph_device_warning(device, index));
    }
    printf("]}");
}

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
        const graph_verified_device *device = graph_event_verified_device(event, index);
        printf(index > 0 ? ",{" : "{");
        text_member("id", graph_verified_device_id(device));
        text_member("name", graph_verified_device_name(device));
        text_member("verdict", graph_verdict_name(graph_verified_device_verdict(device)));
        text_member("state", graph_verified_device_state(device));
        text_member("since", graph_verified_device_since(device));
        printf("\"detail\":");
        string(graph_verified_device_detail(device));
        putchar('}');
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

/* What the last event tells of a run and of a verification. */
static void print_end(const graph_event *event) {
    graph_status fatal = graph_event_fatal(event);
    text_member("fatal", fatal == GRAPH_STATUS_OK ? NULL : graph_status_name(fatal));
    text_member("message", graph_event_message(event));
    printf("\"endpoint\":");
    string(graph_event_endpoint(event));
}

#endif
