/* A small run with a journal: journaled JOURNAL USER..., with the access token in GRAPH_TOKEN. Prints each user's outcome. */
#include <graph_devices.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(graph_error *error) {
    fprintf(stderr, "%s\n", graph_error_message(error));
    graph_error_free(error);
    return EXIT_FAILURE;
}

static int results(graph_run *run) {
    graph_event *event = NULL;
    graph_error *error = NULL;
    graph_event_kind kind = GRAPH_EVENT_NONE;

    while (kind != GRAPH_EVENT_DONE) {
        if (graph_run_next(run, INT64_MAX, &event, &error) != GRAPH_STATUS_OK) return fail(error);
        kind = graph_event_type(event);
        if (kind == GRAPH_EVENT_RESULT)
            printf("%s %s\n", graph_event_user(event), graph_outcome_name((int32_t)graph_event_outcome(event)));
        graph_event_free(event);
    }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
    graph_options *options = graph_options_new();
    graph_run_options *run_options = graph_run_options_new();
    graph_client *client = NULL;
    graph_run *run = NULL;
    graph_error *error = NULL;
    int ended = EXIT_SUCCESS;

    if (argc < 3) return EXIT_FAILURE;
    if (graph_options_set_endpoint_from_environment(options, &error) != GRAPH_STATUS_OK ||
        graph_client_new(options, getenv("GRAPH_TOKEN"), &client, &error) != GRAPH_STATUS_OK ||
        graph_run_options_set_journal(run_options, argv[1], &error) != GRAPH_STATUS_OK ||
        graph_run_start(client, run_options, &run, &error) != GRAPH_STATUS_OK)
        return fail(error);
    for (int user = 2; user < argc; user++) {
        if (graph_run_add_user(run, argv[user], &error) != GRAPH_STATUS_OK) return fail(error);
    }
    if (graph_run_end_users(run, &error) != GRAPH_STATUS_OK) return fail(error);
    ended = results(run);
    graph_run_free(run);
    graph_client_free(client);
    graph_run_options_free(run_options);
    graph_options_free(options);
    return ended;
}
