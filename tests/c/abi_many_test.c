/*
 * Every function of the C API for devices and many users with NULL, with wrong numbers, and the rules of ownership.
 * Sends nothing. Ends with a line "N passed, N failed".
 */
#include "abi.h"

static void words(void) {
    int32_t number;
    for (number = GRAPH_VERDICT_GONE; number <= GRAPH_VERDICT_CANNOT_TELL; number++)
        CHECK(!is(graph_verdict_name(number), "unknown_verdict"));
    CHECK(is(graph_verdict_name(GRAPH_VERDICT_GONE), "gone") && GRAPH_VERDICT_GONE == 0);
    CHECK(is(graph_verdict_name(GRAPH_VERDICT_CANNOT_TELL), "cannot_tell") && GRAPH_VERDICT_CANNOT_TELL == 4);
    CHECK(is(graph_verdict_name(GRAPH_VERDICT_CANNOT_TELL + 1), "unknown_verdict"));
    CHECK(is(graph_verdict_name(-1), "unknown_verdict"));
    CHECK(is(graph_notice_kind_name(GRAPH_NOTICE_SENDING), "sending") && GRAPH_NOTICE_SENDING == 0);
    CHECK(is(graph_notice_kind_name(GRAPH_NOTICE_WAITING), "waiting") && GRAPH_NOTICE_WAITING == 1);
    CHECK(is(graph_notice_kind_name(GRAPH_NOTICE_RUN), "run") && GRAPH_NOTICE_RUN == 2);
    CHECK(is(graph_notice_kind_name(3), "unknown_notice_kind"));
    CHECK(is(graph_notice_kind_name(-1), "unknown_notice_kind"));
    CHECK(is(graph_severity_name(GRAPH_SEVERITY_INFO), "info") && GRAPH_SEVERITY_INFO == 0);
    CHECK(is(graph_severity_name(GRAPH_SEVERITY_CAUTION), "caution") && GRAPH_SEVERITY_CAUTION == 1);
    CHECK(is(graph_severity_name(GRAPH_SEVERITY_BLOCKING), "blocking") && GRAPH_SEVERITY_BLOCKING == 2);
    CHECK(is(graph_severity_name(3), "unknown_severity"));
    CHECK(is(graph_severity_name(INT32_MIN), "unknown_severity"));
    for (number = GRAPH_WARNING_ENTRA_JOINED_WINDOWS; number <= GRAPH_WARNING_ANOTHER_USER; number++)
        CHECK(!is(graph_warning_code_name(number), "unknown_warning"));
    CHECK(is(graph_warning_code_name(1), "entra_joined_windows") && GRAPH_WARNING_ENTRA_JOINED_WINDOWS == 1);
    CHECK(is(graph_warning_code_name(11), "another_user") && GRAPH_WARNING_ANOTHER_USER == 11);
    CHECK(is(graph_warning_code_name(0), "unknown_warning"));
    CHECK(is(graph_warning_code_name(12), "unknown_warning"));
    CHECK(is(graph_event_kind_name(GRAPH_EVENT_NONE), "none"));
    CHECK(is(graph_event_kind_name(GRAPH_EVENT_DONE), "done") && GRAPH_EVENT_DONE == 5);
    CHECK(is(graph_event_kind_name(GRAPH_EVENT_PROGRESS), "progress") && GRAPH_EVENT_PROGRESS == 6);
    CHECK(is(graph_event_kind_name(GRAPH_EVENT_VERIFIED), "verified") && GRAPH_EVENT_VERIFIED == 7);
    CHECK(is(graph_event_kind_name(GRAPH_EVENT_VERIFIED + 1), "unknown_event_kind"));
    CHECK(is(graph_reason_name(GRAPH_REASON_NEEDS_CONSENT), "needs_consent") && GRAPH_REASON_NEEDS_CONSENT == 9);
}

static void nothing_of_events(void) {
    graph_run_options_free(NULL);
    graph_run_free(NULL);
    graph_event_free(NULL);
    graph_device_list_free(NULL);
    graph_run_stop(NULL);
    CHECK(graph_event_type(NULL) == GRAPH_EVENT_NONE);
    CHECK(graph_event_user(NULL) == NULL);
    CHECK(graph_event_receipt(NULL) == NULL);
    CHECK(graph_event_error(NULL) == NULL);
    CHECK(graph_event_reason(NULL) == GRAPH_REASON_NONE);
    CHECK(graph_event_claims(NULL) == NULL);
    CHECK(graph_event_text(NULL) == NULL);
    CHECK(graph_event_notice_kind(NULL) == GRAPH_NOTICE_SENDING);
    CHECK(graph_event_count(NULL, GRAPH_OUTCOME_ACCEPTED) == 0);
    CHECK(graph_event_verdict_count(NULL, GRAPH_VERDICT_GONE) == 0);
    CHECK(graph_event_ended_by(NULL) == GRAPH_STATUS_OK);
    CHECK(graph_event_outcome(NULL) == GRAPH_OUTCOME_SKIPPED);
    CHECK(graph_event_id(NULL) == NULL);
    CHECK(graph_event_detail(NULL) == NULL);
    CHECK(graph_event_status(NULL) == -1);
    CHECK(graph_event_effect(NULL) == -1);
    CHECK(graph_event_devices(NULL) == NULL);
    CHECK(graph_event_message(NULL) == NULL);
    CHECK(graph_event_custom_endpoint(NULL) == NULL);
    CHECK(graph_event_duplicates(NULL) == 0);
    CHECK(graph_event_progress_done(NULL) == -1);
    CHECK(graph_event_progress_given(NULL) == -1);
    CHECK(graph_event_progress_users_per_hour(NULL) == -1);
    CHECK(graph_event_progress_remaining_ms(NULL) == -1);
    CHECK(graph_event_verdict(NULL) == GRAPH_VERDICT_CANNOT_TELL);
    CHECK(graph_event_verified_count(NULL) == 0);
    CHECK(graph_event_verified_device(NULL, 0) == NULL);
}

static void nothing_of_devices(void) {}

static void devices(void) {
    graph_client *client = client_new();
    graph_device_list *devices = (graph_device_list *)(void *)client;
    NAMED(graph_client_managed_devices(NULL, "adele@contoso.com", NULL, &devices, &error), "client");
    CHECK(devices == NULL);
    NAMED(graph_client_managed_devices(client, NULL, NULL, &devices, &error), "user_id");
    NAMED(graph_client_managed_devices(client, "adele@contoso.com", NULL, NULL, &error), "devices");
    REFUSED(graph_client_managed_devices(client, "me", NULL, &devices, &error));
    CHECK(graph_client_managed_devices(client, "adele@contoso.com", NULL, &devices, NULL) ==
          GRAPH_STATUS_CONNECTION_FAILED);
    CHECK(devices == NULL);
    graph_client_free(client);
}

/* A setter of a text with NULL, with bytes that are no UTF-8, and with a good value. */
#define TEXT(setter, argument, good)                      \
    do {                                                  \
        NAMED(setter(NULL, good, &error), "options");     \
        NAMED(setter(options, NULL, &error), argument);   \
        NAMED(setter(options, "\xff", &error), argument); \
        ACCEPTED(setter(options, good, &error));          \
        CHECK(setter(options, NULL, NULL) == INVALID);    \
    } while (0)

/* A setter of a number with one below and one above the range. */
#define NUMBER(setter, argument, below, good)                \
    do {                                                     \
        NAMED(setter(NULL, good, &error), "options");        \
        REFUSED(setter(options, below, &error));             \
        NAMED(setter(options, INT32_MIN, &error), argument); \
        ACCEPTED(setter(options, good, &error));             \
    } while (0)

static void run_options(void) {
    static const char sha256[] = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    graph_run_options *options = graph_run_options_new();
    CHECK(options != NULL);
    TEXT(graph_run_options_set_justification, "justification", "left");
    TEXT(graph_run_options_set_approval_code, "code", "50000000-0000-4000-8000-00000000000a");
    REFUSED(graph_run_options_set_approval_code(options, "no GUID", &error));
    TEXT(graph_run_options_set_client_request_id, "id", "40000000-0000-4000-8000-000000000001");
    REFUSED(graph_run_options_set_client_request_id(options, "no GUID", &error));
    TEXT(graph_run_options_set_journal, "journal", "no-such-folder/journal");
    TEXT(graph_run_options_set_resume, "resume", "no-such-folder/journal");
    TEXT(graph_run_options_set_plan, "plan", "no-such-folder/plan");
    NAMED(graph_run_options_set_journal(options, "", &error), "journal");
    NAMED(graph_run_options_set_resume(options, "", &error), "resume");
    NAMED(graph_run_options_set_plan(options, "", &error), "plan");
    TEXT(graph_run_options_exclude, "user_id", "adele@contoso.com");
    REFUSED(graph_run_options_exclude(options, "me", &error));
    TEXT(graph_run_options_accept_warning, "warning", "entra_joined_windows");
    NAMED(graph_run_options_accept_warning(options, "no_such_warning", &error), "no_such_warning");
    NAMED(graph_run_options_accept_warning(options, "no_such_warning", &error), "entra_joined_windows, ");
    NAMED(graph_run_options_accept_warning(options, "no_such_warning", &error), ", another_user");
    NAMED(graph_run_options_accept_warning(options, "several_users", &error), "several_users");
    TEXT(graph_run_options_set_initiated_by, "who", "nightly job");
    TEXT(graph_run_options_set_machine, "name", "runner-7");
    TEXT(graph_run_options_set_consent, "how", "typed 4");
    NAMED(graph_run_options_set_input_list(NULL, "leavers.csv", sha256, &error), "options");
    NAMED(graph_run_options_set_input_list(options, NULL, sha256, &error), "name");
    NAMED(graph_run_options_set_input_list(options, "leavers.csv", NULL, &error), "sha256");
    REFUSED(graph_run_options_set_input_list(options, "leavers.csv", "abc", &error));
    ACCEPTED(graph_run_options_set_input_list(options, "leavers.csv", sha256, &error));
    NUMBER(graph_run_options_set_token_events, "token_events", 2, 0);
    NUMBER(graph_run_options_set_inspect_first, "inspect_first", 2, 1);
    NUMBER(graph_run_options_set_connections, "connections", 0, 64);
    REFUSED(graph_run_options_set_connections(options, 65, &error));
    NUMBER(graph_run_options_set_batch_size, "batch_size", 0, 20);
    REFUSED(graph_run_options_set_batch_size(options, 21, &error));
    NUMBER(graph_run_options_set_max_users, "max_users", 0, 500);
    NUMBER(graph_run_options_set_max_approvals, "max_approvals", -1, 0);
    NAMED(graph_run_options_set_deadline_ms(NULL, 1, &error), "options");
    NAMED(graph_run_options_set_deadline_ms(options, -1, &error), "deadline_ms");
    ACCEPTED(graph_run_options_set_deadline_ms(options, 60000, &error));
    NAMED(graph_run_options_set_write_quota(NULL, 150, 20000, &error), "options");
    NAMED(graph_run_options_set_write_quota(options, -1, 20000, &error), "writes");
    NAMED(graph_run_options_set_write_quota(options, 150, -1, &error), "window_ms");
    REFUSED(graph_run_options_set_write_quota(options, 0, 20000, &error));
    REFUSED(graph_run_options_set_write_quota(options, 1, INT64_MAX, &error));
    ACCEPTED(graph_run_options_set_write_quota(options, 150, 20000, &error));
    NAMED(graph_run_options_set_read_quota(NULL, 1, 1, &error), "options");
    NAMED(graph_run_options_set_read_quota(options, -1, 20000, &error), "reads");
    NAMED(graph_run_options_set_read_quota(options, 1, -1, &error), "window_ms");
    ACCEPTED(graph_run_options_set_read_quota(options, 2000, 20000, &error));
    NAMED(graph_run_options_set_preview(NULL, &error), "options");
    ACCEPTED(graph_run_options_set_preview(options, &error));
    graph_run_options_free(options);
}

/* Takes events until the run is done; gives the number of rows. */
static int drain(graph_run *run, graph_event_kind *last) {
    int rows = 0, turns;
    *last = GRAPH_EVENT_NONE;
    for (turns = 0; turns < 1000 && *last != GRAPH_EVENT_DONE; turns++) {
        graph_event *event = NULL;
        if (graph_run_next(run, 100, &event, NULL) != GRAPH_STATUS_OK) return -1;
        *last = graph_event_type(event);
        if (*last == GRAPH_EVENT_RESULT) {
            rows++;
            CHECK(graph_event_user(event) != NULL);
            CHECK((graph_event_receipt(event) != NULL) == (graph_event_outcome(event) == GRAPH_OUTCOME_ACCEPTED));
            CHECK(graph_event_claims(event) == NULL && graph_event_text(event) == NULL);
            CHECK(graph_event_devices(event) == NULL && graph_event_verified_count(event) == 0);
            CHECK(graph_event_progress_done(event) == -1 && graph_event_ended_by(event) == GRAPH_STATUS_OK);
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
    ACCEPTED(graph_run_options_set_inspect_first(options, 0, &error));
    ACCEPTED(graph_run_options_set_connections(options, 1, &error));
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
    NAMED(graph_run_add_user(run, NULL, &error), "user_id");
    NAMED(graph_run_add_user(run, "\xff@contoso.com", &error), "user_id"); /* and the run goes on */
    NAMED(graph_run_next(run, -1, &event, &error), "wait_ms");
    REFUSED(graph_run_next(run, 0, NULL, &error));
    REFUSED(graph_run_set_token(run, NULL, &error));
    ACCEPTED(graph_run_add_user(run, "me", &error));
    ACCEPTED(graph_run_add_user(run, "adele@contoso.com", &error));
    ACCEPTED(graph_run_end_users(run, &error));
    ACCEPTED(graph_run_end_users(run, &error));
    REFUSED(graph_run_add_user(run, "adele@contoso.com", &error));
    CHECK(drain(run, &last) == 2);
    CHECK(last == GRAPH_EVENT_DONE);
    REFUSED(graph_run_next(run, 0, &event, &error)); /* nothing comes after it */
    REFUSED(graph_run_next(run, INT64_MAX, &event, &error));
    graph_run_free(run);
}

static void stopped_and_abandoned_runs(void) {
    graph_client *client = client_new();
    graph_run *run = NULL;
    graph_event_kind last;
    ACCEPTED(graph_run_start(client, NULL, &run, &error));
    graph_run_stop(run);
    graph_run_stop(run);
    CHECK(graph_run_add_user(run, "adele@contoso.com", NULL) == GRAPH_STATUS_CANCELLED);
    (void)drain(run, &last);
    CHECK(last == GRAPH_EVENT_DONE);
    graph_run_free(run);
    ACCEPTED(graph_run_start(client, NULL, &run, &error));
    ACCEPTED(graph_run_add_user(run, "adele@contoso.com", &error));
    graph_run_free(run); /* in the middle of it */
    graph_client_free(client);
}

/* A token of another tenant than the run's. */
static void another_tenant(void) {
    static const char one[] = "eyJhbGciOiJub25lIn0.eyJ0aWQiOiI3MDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDEifQ.none";
    static const char two[] = "eyJhbGciOiJub25lIn0.eyJ0aWQiOiI3MDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDIifQ.none";
    graph_client *client = client_new();
    graph_run *run = NULL;
    ACCEPTED(graph_client_set_token(client, one, &error));
    ACCEPTED(graph_run_start(client, NULL, &run, &error));
    NAMED(graph_run_set_token(run, two, &error), "tenant");
    ACCEPTED(graph_run_set_token(run, one, &error));
    graph_run_free(run);
    graph_client_free(client);
}

/* A journal that cannot be written, and ones that are not there. */
static void journals(void) {
    graph_client *client = client_new();
    graph_run_options *options = graph_run_options_new();
    graph_run *run = (graph_run *)(void *)client;
    NAMED(graph_run_start_verify(NULL, "no-such-folder/journal", NULL, &run, &error), "client");
    CHECK(run == NULL);
    NAMED(graph_run_start_verify(client, NULL, NULL, &run, &error), "journal");
    NAMED(graph_run_start_verify(client, "", NULL, &run, &error), "journal");
    NAMED(graph_run_start_verify(client, "no-such-folder/journal", NULL, NULL, &error), "run");
    CHECK(graph_run_start_verify(client, "no-such-folder/journal", options, &run, NULL) == GRAPH_STATUS_JOURNAL);
    ACCEPTED(graph_run_options_set_resume(options, "no-such-folder/journal", &error));
    CHECK(graph_run_start(client, options, &run, NULL) == GRAPH_STATUS_JOURNAL);
    /* Both, in any order: the library does not choose one. */
    ACCEPTED(graph_run_options_set_journal(options, "no-such-folder/journal", &error));
    NAMED(graph_run_start(client, options, &run, &error), "journal and resume");
    CHECK(run == NULL);
    graph_run_options_free(options);
    options = graph_run_options_new();
    ACCEPTED(graph_run_options_set_journal(options, "no-such-folder/journal", &error));
    CHECK(graph_run_start(client, options, &run, NULL) == GRAPH_STATUS_JOURNAL);
    CHECK(run == NULL);
    graph_run_options_free(options);
    graph_client_free(client);
}

/* An option that belongs to one user makes a run of one, and incompatible options are refused at the start. */
static void runs_of_one(void) {
    static const char code[] = "50000000-0000-4000-8000-00000000000a";
    graph_client *client = client_new();
    graph_run_options *options = graph_run_options_new();
    graph_run *run = NULL;
    graph_event *event = NULL;
    int turns;
    ACCEPTED(graph_run_options_set_approval_code(options, code, &error));
    ACCEPTED(graph_run_options_set_max_users(options, 2, &error));
    REFUSED(graph_run_start(client, options, &run, &error));
    ACCEPTED(graph_run_options_set_max_users(options, 1, &error));
    ACCEPTED(graph_run_start(client, options, &run, &error));
    graph_run_free(run);
    graph_run_options_free(options);
    options = graph_run_options_new();
    ACCEPTED(graph_run_options_set_client_request_id(options, code, &error));
    ACCEPTED(graph_run_start(client, options, &run, &error));
    ACCEPTED(graph_run_add_user(run, "adele@contoso.com", &error));
    ACCEPTED(graph_run_add_user(run, "diego@contoso.com", &error));
    ACCEPTED(graph_run_end_users(run, &error));
    for (turns = 0; turns < 100 && graph_event_type(event) != GRAPH_EVENT_DONE; turns++) {
        graph_event_free(event);
        ACCEPTED(graph_run_next(run, 100, &event, &error));
    }
    CHECK(graph_event_ended_by(event) == INVALID && graph_event_count(event, GRAPH_OUTCOME_SKIPPED) == 2);
    graph_event_free(event);
    graph_run_free(run);
    graph_run_options_free(options);
    options = graph_run_options_new();
    ACCEPTED(graph_run_options_set_batch_size(options, 20, &error));
    ACCEPTED(graph_run_options_set_write_quota(options, 19, 20000, &error));
    NAMED(graph_run_start(client, options, &run, &error), "quota");
    graph_run_options_free(options);
    graph_client_free(client);
}

/* Notices of an attempt that finds no service and is repeated. */
static void notices(void) {
    graph_options *options = graph_options_new();
    graph_run_options *run_options = graph_run_options_new();
    graph_client *client = NULL;
    graph_run *run = NULL;
    graph_event_kind kind = GRAPH_EVENT_NONE;
    int counts[3] = {0, 0, 0}, turns;
    ACCEPTED(graph_options_set_endpoint(options, "http://127.0.0.1:1", &error));
    ACCEPTED(graph_options_set_max_attempts(options, 2, &error));
    ACCEPTED(graph_options_set_backoff_ms(options, 1, 1, &error));
    ACCEPTED(graph_client_new(options, "demo-token", &client, &error));
    ACCEPTED(graph_run_options_set_inspect_first(run_options, 0, &error));
    ACCEPTED(graph_run_start(client, run_options, &run, &error));
    ACCEPTED(graph_run_add_user(run, "adele@contoso.com", &error));
    ACCEPTED(graph_run_end_users(run, &error));
    for (turns = 0; turns < 100 && kind != GRAPH_EVENT_DONE; turns++) {
        graph_event *event = NULL;
        ACCEPTED(graph_run_next(run, 100, &event, &error));
        kind = graph_event_type(event);
        if (kind == GRAPH_EVENT_NOTICE) {
            counts[graph_event_notice_kind(event)]++;
            CHECK(graph_event_text(event) != NULL);
        }
        graph_event_free(event);
    }
    CHECK(counts[GRAPH_NOTICE_SENDING] == 2);
    CHECK(counts[GRAPH_NOTICE_WAITING] == 1);
    CHECK(counts[GRAPH_NOTICE_RUN] == 0);
    graph_run_free(run);
    graph_client_free(client);
    graph_run_options_free(run_options);
    graph_options_free(options);
}

/* A progress event comes while no other does, also to a caller that waits without limit. */
static void progress_events(void) {
    graph_client *client = client_new();
    graph_run *run = NULL;
    graph_event *event = NULL;
    int turns;
    ACCEPTED(graph_run_start(client, NULL, &run, &error));
    for (turns = 0; turns < 2 && graph_event_type(event) != GRAPH_EVENT_PROGRESS; turns++) {
        graph_event_free(event); /* of the first kind, if the machine is not slow */
        ACCEPTED(graph_run_next(run, INT64_MAX, &event, &error));
        CHECK((graph_event_type(event) == GRAPH_EVENT_NEED_USERS) == (graph_event_progress_given(event) == -1));
    }
    CHECK(graph_event_type(event) == GRAPH_EVENT_PROGRESS);
    CHECK(graph_event_progress_done(event) == 0 && graph_event_progress_given(event) == 0);
    CHECK(graph_event_progress_users_per_hour(event) == 0 && graph_event_progress_remaining_ms(event) == -1);
    graph_event_free(event);
    graph_run_free(run);
    graph_client_free(client);
}

/* A run without users ends with an error in its last event. */
static void no_users(void) {
    graph_client *client = client_new();
    graph_run *run = NULL;
    graph_event *event = NULL;
    int turns;
    ACCEPTED(graph_run_start(client, NULL, &run, &error));
    ACCEPTED(graph_run_end_users(run, &error));
    for (turns = 0; turns < 100 && graph_event_type(event) != GRAPH_EVENT_DONE; turns++) {
        graph_event_free(event);
        ACCEPTED(graph_run_next(run, 100, &event, &error));
    }
    CHECK(graph_event_ended_by(event) == INVALID);
    CHECK(graph_event_message(event) != NULL);
    CHECK(is(graph_event_custom_endpoint(event), "http://127.0.0.1:1"));
    CHECK(graph_event_user(event) == NULL && graph_event_id(event) == NULL);
    CHECK(graph_event_verdict_count(event, GRAPH_VERDICT_CANNOT_TELL) == 0);
    CHECK(graph_event_verdict_count(event, -1) == 0 && graph_event_verdict_count(event, 5) == 0);
    graph_run_free(run);
    CHECK(graph_event_message(event) != NULL); /* an event outlives its run */
    graph_event_free(event);
    graph_client_free(client);
}

int main(void) {
    words();
    nothing_of_events();
    nothing_of_devices();
    devices();
    run_options();
    runs();
    stopped_and_abandoned_runs();
    another_tenant();
    runs_of_one();
    notices();
    progress_events();
    journals();
    no_users();
    return finish();
}
