/* The measured program over this library. */
#include "bench.h"
#include <graph_devices.h>

static graph_client *client;

static void open_client(const char *endpoint, const char *ca_file) {
    graph_options *options = graph_options_new();
    if (ca_file != NULL) need(setenv("SSL_CERT_FILE", ca_file, 1) == 0, "the environment cannot be set");
    need(graph_options_set_endpoint(options, endpoint, NULL) == GRAPH_STATUS_OK, "the endpoint is refused");
    need(graph_client_new(options, TOKEN, &client, NULL) == GRAPH_STATUS_OK, "no client");
    graph_options_free(options);
}

static void one_call(void) {
    graph_status status = graph_client_remove_all_devices(client, USER, NULL, NULL, NULL);
    need(status == GRAPH_STATUS_OK, graph_status_message(status));
}

static graph_run *begin(const work *work) {
    graph_run_options *options = graph_run_options_new();
    graph_run *run = NULL;
    graph_status status = GRAPH_STATUS_OK;
    status |= graph_run_options_set_inspect_first(options, 0, NULL);
    status |= graph_run_options_set_write_quota(options, 1000000, 1000, NULL);
    status |= graph_run_options_set_connections(options, work->connections, NULL);
    status |= graph_run_options_set_batch_size(options, work->batch, NULL);
    if (work->journal != NULL)
        status |= work->resume ? graph_run_options_set_resume(options, work->journal, NULL)
                               : graph_run_options_set_journal(options, work->journal, NULL);
    need(status == GRAPH_STATUS_OK, "an option of the run is refused");
    need(graph_run_start(client, options, &run, NULL) == GRAPH_STATUS_OK, "no run");
    graph_run_options_free(options);
    return run;
}

static void many_users(const work *work) {
    graph_run *run = begin(work);
    int added = 0, good = 0, ended = 0;
    graph_event_kind kind = GRAPH_EVENT_NONE;
    while (kind != GRAPH_EVENT_DONE) {
        graph_event *event = NULL;
        need(graph_run_next(run, 1000, &event, NULL) == GRAPH_STATUS_OK, "no event");
        kind = graph_event_type(event);
        if (kind == GRAPH_EVENT_NEED_USERS) {
            int next = added + 1000 < work->users ? added + 1000 : work->users;
            char user[64];
            for (; added < next; added++) {
                snprintf(user, sizeof user, NTH_USER, added + 1);
                need(graph_run_add_user(run, user, NULL) == GRAPH_STATUS_OK, "a user is refused");
            }
            if (added == work->users && !ended) ended = graph_run_end_users(run, NULL) == GRAPH_STATUS_OK;
        } else if (kind == GRAPH_EVENT_RESULT) {
            graph_outcome outcome = graph_event_outcome(event);
            good += work->resume ? outcome == GRAPH_OUTCOME_SKIPPED : outcome == GRAPH_OUTCOME_ACCEPTED;
        }
        graph_event_free(event);
    }
    need(good == work->users, "not all users were done");
    graph_run_free(run);
}

static void close_client(void) { graph_client_free(client); }
