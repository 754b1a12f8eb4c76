/* What the scenario runner prints of each record, and how it takes options.
 * Written by `cargo xtask generate`; do not edit. */
#ifndef FIELDS_H
#define FIELDS_H

#include "../scenario.h"

static void print_receipt(const graph_receipt *from) {
    if (from == NULL) {
        printf("null");
        return;
    }
    putchar('{');
    printf("\"user\":");
    string(graph_receipt_user(from));
    printf(",\"request_id\":");
    string(graph_receipt_request_id(from));
    printf(",\"client_request_id\":");
    string(graph_receipt_client_request_id(from));
    printf(",\"date\":");
    string(graph_receipt_date(from));
    printf(",\"attempts\":");
    whole(graph_receipt_attempts(from));
    printf(",\"elapsed_ms\":");
    whole(graph_receipt_elapsed_ms(from));
    printf(",\"custom_endpoint\":");
    string(graph_receipt_custom_endpoint(from));
    putchar('}');
}

static void print_error(const graph_error *from) {
    if (from == NULL) {
        printf("null");
        return;
    }
    putchar('{');
    printf("\"status\":");
    string(graph_status_name(graph_error_status(from)));
    printf(",\"status_number\":");
    whole(graph_error_status(from));
    printf(",\"message\":");
    string(graph_error_message(from));
    printf(",\"http_status\":");
    whole(graph_error_http_status(from));
    printf(",\"code\":");
    string(graph_error_code(from));
    printf(",\"inner_code\":");
    string(graph_error_inner_code(from));
    printf(",\"service_message\":");
    string(graph_error_service_message(from));
    printf(",\"request_id\":");
    string(graph_error_request_id(from));
    printf(",\"client_request_id\":");
    string(graph_error_client_request_id(from));
    printf(",\"activity_id\":");
    string(graph_error_activity_id(from));
    printf(",\"retry_after_ms\":");
    whole(graph_error_retry_after_ms(from));
    printf(",\"approval_code\":");
    string(graph_error_approval_code(from));
    printf(",\"claims\":");
    string(graph_error_claims(from));
    printf(",\"attempts\":");
    whole(graph_error_attempts(from));
    printf(",\"effect\":");
    string(graph_effect_name(graph_error_effect(from)));
    putchar('}');
}

static void print_warning(const graph_warning *from) {
    if (from == NULL) {
        printf("null");
        return;
    }
    putchar('{');
    printf("\"code\":");
    string(graph_warning_code_name(graph_warning_id(from)));
    printf(",\"severity\":");
    string(graph_severity_name(graph_warning_severity(from)));
    printf(",\"message\":");
    string(graph_warning_message(from));
    putchar('}');
}

static void print_device(const graph_device *from) {
    int32_t index;
    if (from == NULL) {
        printf("null");
        return;
    }
    putchar('{');
    printf("\"id\":");
    string(graph_device_id(from));
    printf(",\"name\":");
    string(graph_device_name(from));
    printf(",\"managed_name\":");
    string(graph_device_managed_name(from));
    printf(",\"operating_system\":");
    string(graph_device_operating_system(from));
    printf(",\"os_version\":");
    string(graph_device_os_version(from));
    printf(",\"serial_number\":");
    string(graph_device_serial_number(from));
    printf(",\"model\":");
    string(graph_device_model(from));
    printf(",\"manufacturer\":");
    string(graph_device_manufacturer(from));
    printf(",\"owner_type\":");
    string(graph_device_owner_type(from));
    printf(",\"state\":");
    string(graph_device_state(from));
    printf(",\"management_agent\":");
    string(graph_device_management_agent(from));
    printf(",\"enrollment_type\":");
    string(graph_device_enrollment_type(from));
    printf(",\"registration_state\":");
    string(graph_device_registration_state(from));
    printf(",\"compliance_state\":");
    string(graph_device_compliance_state(from));
    printf(",\"is_encrypted\":");
    flag(graph_device_is_encrypted(from));
    printf(",\"is_supervised\":");
    flag(graph_device_is_supervised(from));
    printf(",\"enrolled\":");
    string(graph_device_enrolled(from));
    printf(",\"last_sync\":");
    string(graph_device_last_sync(from));
    printf(",\"certificate_expires\":");
    string(graph_device_certificate_expires(from));
    printf(",\"entra_device_id\":");
    string(graph_device_entra_device_id(from));
    printf(",\"entra_registered\":");
    flag(graph_device_entra_registered(from));
    printf(",\"user_id\":");
    string(graph_device_user_id(from));
    printf(",\"user_principal_name\":");
    string(graph_device_user_principal_name(from));
    printf(",\"email_address\":");
    string(graph_device_email_address(from));
    printf(",\"warnings\":");
    putchar('[');
    for (index = 0; index < graph_device_warning_count(from); index++) {
        if (index > 0) putchar(',');
        print_warning(graph_device_warning(from, index));
    }
    putchar(']');
    putchar('}');
}

static void print_verified_device(const graph_verified_device *from) {
    if (from == NULL) {
        printf("null");
        return;
    }
    putchar('{');
    printf("\"id\":");
    string(graph_verified_device_id(from));
    printf(",\"name\":");
    string(graph_verified_device_name(from));
    printf(",\"verdict\":");
    string(graph_verdict_name(graph_verified_device_verdict(from)));
    printf(",\"state\":");
    string(graph_verified_device_state(from));
    printf(",\"since\":");
    string(graph_verified_device_since(from));
    printf(",\"detail\":");
    string(graph_verified_device_detail(from));
    putchar('}');
}

static graph_status set_options(graph_options *options, graph_error **error) {
    graph_status status = GRAPH_STATUS_OK;
    int64_t value, second;
    char *found, *colon;
    long requests, seconds;
    int index;
    (void)value, (void)second, (void)colon, (void)requests, (void)seconds, (void)index;
    if (status == GRAPH_STATUS_OK && (found = text("cloud")) != NULL)
        status = graph_options_set_cloud(options, found, error);
    if (status == GRAPH_STATUS_OK && (found = text("endpoint")) != NULL)
        status = graph_options_set_endpoint(options, found, error);
    if (status == GRAPH_STATUS_OK && number("connect_timeout_ms", &value))
        status = graph_options_set_connect_timeout_ms(options, value, error);
    if (status == GRAPH_STATUS_OK && number("timeout_ms", &value))
        status = graph_options_set_timeout_ms(options, value, error);
    if (status == GRAPH_STATUS_OK && number("deadline_ms", &value))
        status = graph_options_set_deadline_ms(options, value, error);
    if (status == GRAPH_STATUS_OK && number("max_attempts", &value))
        status = graph_options_set_max_attempts(options, (int32_t)value, error);
    if (status == GRAPH_STATUS_OK && number("backoff_base_ms", &value) && number("backoff_cap_ms", &second))
        status = graph_options_set_backoff_ms(options, value, second, error);
    if (status == GRAPH_STATUS_OK && (found = text("proxy")) != NULL)
        status = graph_options_set_proxy(options, found, error);
    if (status == GRAPH_STATUS_OK && (found = text("ca_certificates")) != NULL)
        status = graph_options_set_ca_certificates(options, found, error);
    if (status == GRAPH_STATUS_OK && (found = text("user_agent_suffix")) != NULL)
        status = graph_options_set_user_agent_suffix(options, found, error);
    return status;
}

static graph_status set_call_options(graph_call_options *options, graph_error **error) {
    graph_status status = GRAPH_STATUS_OK;
    int64_t value, second;
    char *found, *colon;
    long requests, seconds;
    int index;
    (void)value, (void)second, (void)colon, (void)requests, (void)seconds, (void)index;
    if (status == GRAPH_STATUS_OK && (found = text("justification")) != NULL)
        status = graph_call_options_set_justification(options, found, error);
    if (status == GRAPH_STATUS_OK && (found = text("approval_code")) != NULL)
        status = graph_call_options_set_approval_code(options, found, error);
    if (status == GRAPH_STATUS_OK && (found = text("client_request_id")) != NULL)
        status = graph_call_options_set_client_request_id(options, found, error);
    if (status == GRAPH_STATUS_OK && number("deadline_ms", &value))
        status = graph_call_options_set_deadline_ms(options, value, error);
    return status;
}

static graph_status set_run_options(graph_run_options *options, graph_error **error) {
    graph_status status = GRAPH_STATUS_OK;
    int64_t value, second;
    char *found, *colon;
    long requests, seconds;
    int index;
    (void)value, (void)second, (void)colon, (void)requests, (void)seconds, (void)index;
    if (status == GRAPH_STATUS_OK && (found = text("justification")) != NULL)
        status = graph_run_options_set_justification(options, found, error);
    if (status == GRAPH_STATUS_OK && (found = text("approval_code")) != NULL)
        status = graph_run_options_set_approval_code(options, found, error);
    if (status == GRAPH_STATUS_OK && (found = text("client_request_id")) != NULL)
        status = graph_run_options_set_client_request_id(options, found, error);
    if (status == GRAPH_STATUS_OK && number("deadline_ms", &value))
        status = graph_run_options_set_deadline_ms(options, value, error);
    if (status == GRAPH_STATUS_OK && number("token_events", &value))
        status = graph_run_options_set_token_events(options, (int32_t)value, error);
    if (status == GRAPH_STATUS_OK && (found = text("journal")) != NULL)
        status = graph_run_options_set_journal(options, found, error);
    if (status == GRAPH_STATUS_OK && (found = text("resume")) != NULL)
        status = graph_run_options_set_resume(options, found, error);
    if (status == GRAPH_STATUS_OK && (found = text("plan")) != NULL)
        status = graph_run_options_set_plan(options, found, error);
    if (status == GRAPH_STATUS_OK && (found = text("preview")) != NULL && strcmp(found, "1") == 0)
        status = graph_run_options_set_preview(options, error);
    if (status == GRAPH_STATUS_OK && number("inspect_first", &value))
        status = graph_run_options_set_inspect_first(options, (int32_t)value, error);
    if (status == GRAPH_STATUS_OK && (found = text("write_quota")) != NULL && sscanf(found, "%ld/%ld", &requests, &seconds) == 2)
        status = graph_run_options_set_write_quota(options, (int32_t)requests, (int64_t)seconds * 1000, error);
    if (status == GRAPH_STATUS_OK && (found = text("read_quota")) != NULL && sscanf(found, "%ld/%ld", &requests, &seconds) == 2)
        status = graph_run_options_set_read_quota(options, (int32_t)requests, (int64_t)seconds * 1000, error);
    if (status == GRAPH_STATUS_OK && number("connections", &value))
        status = graph_run_options_set_connections(options, (int32_t)value, error);
    if (status == GRAPH_STATUS_OK && number("batch_size", &value))
        status = graph_run_options_set_batch_size(options, (int32_t)value, error);
    if (status == GRAPH_STATUS_OK && number("max_users", &value))
        status = graph_run_options_set_max_users(options, (int32_t)value, error);
    if (status == GRAPH_STATUS_OK && number("max_devices_per_user", &value))
        status = graph_run_options_set_max_devices_per_user(options, (int32_t)value, error);
    if (status == GRAPH_STATUS_OK && number("max_approvals", &value))
        status = graph_run_options_set_max_approvals(options, (int32_t)value, error);
    index = 0;
    while (status == GRAPH_STATUS_OK && (found = next("exclude", &index)) != NULL)
        status = graph_run_options_exclude(options, found, error);
    index = 0;
    while (status == GRAPH_STATUS_OK && (found = next("accept_warning", &index)) != NULL)
        status = graph_run_options_accept_warning(options, found, error);
    if (status == GRAPH_STATUS_OK && (found = text("input_list")) != NULL && (colon = strchr(found, ':')) != NULL && (*colon = '\0') == '\0')
        status = graph_run_options_set_input_list(options, found, colon + 1, error);
    if (status == GRAPH_STATUS_OK && (found = text("initiated_by")) != NULL)
        status = graph_run_options_set_initiated_by(options, found, error);
    if (status == GRAPH_STATUS_OK && (found = text("machine")) != NULL)
        status = graph_run_options_set_machine(options, found, error);
    if (status == GRAPH_STATUS_OK && (found = text("consent")) != NULL)
        status = graph_run_options_set_consent(options, found, error);
    return status;
}

#endif
