/* Retires every device of one user: demo USER, with the access token in GRAPH_TOKEN. */
#include <graph_devices.h>
#include <stdio.h>
#include <stdlib.h>

static const char *or_dash(const char *text) { return text != NULL ? text : "-"; }

static int fail(const char *what, graph_error *error) {
    fprintf(stderr, "%s: %s: %s\n", what, graph_status_name(graph_error_status(error)), graph_error_message(error));
    if (graph_error_effect(error) == GRAPH_EFFECT_POSSIBLE)
        fprintf(stderr, "it may have been applied: look at the user's devices\n");
    graph_error_free(error);
    return EXIT_FAILURE;
}

int main(int argc, char **argv) {
    graph_options *options = graph_options_new();
    graph_client *client = NULL;
    graph_receipt *receipt = NULL;
    graph_error *error = NULL;
    int result = EXIT_SUCCESS;

    if (argc != 2) {
        fprintf(stderr, "usage: demo USER, with the access token in GRAPH_TOKEN\n");
        return EXIT_FAILURE;
    }
    if (graph_options_set_endpoint_from_environment(options, &error) != GRAPH_STATUS_OK) {
        result = fail("GRAPH_DEVICES_ENDPOINT", error);
    } else if (graph_client_new(options, getenv("GRAPH_TOKEN"), &client, &error) != GRAPH_STATUS_OK) {
        result = fail("client", error);
    } else if (graph_client_remove_all_devices(client, argv[1], NULL, &receipt, &error) != GRAPH_STATUS_OK) {
        result = fail(argv[1], error);
    } else {
        printf("accepted for %s\n", or_dash(graph_receipt_user(receipt)));
        printf("request id  %s\n", or_dash(graph_receipt_request_id(receipt)));
        printf("date        %s\n", or_dash(graph_receipt_date(receipt)));
        printf("attempts    %d\n", (int)graph_receipt_attempts(receipt));
        if (graph_receipt_custom_endpoint(receipt) != NULL)
            printf("endpoint    %s, not a Microsoft cloud\n", graph_receipt_custom_endpoint(receipt));
    }
    graph_receipt_free(receipt);
    graph_client_free(client);
    graph_options_free(options);
    return result;
}
