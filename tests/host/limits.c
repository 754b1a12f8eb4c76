/* A host without descriptors or threads gets an error that says so: nothing was sent, and it is not a bug. */
#include "host.h"
#include <sys/resource.h>

/* Opens files until there are no more descriptors. */
static int last_descriptor = -1;

static void use_up_descriptors(void) {
    struct rlimit few = {64, 64};
    setrlimit(RLIMIT_NOFILE, &few);
    for (;;) {
        int descriptor = dup(0);
        if (descriptor < 0) return;
        last_descriptor = descriptor;
    }
}

static void give_back_descriptors(void) {
    int descriptor;
    for (descriptor = 3; descriptor <= last_descriptor; descriptor++) close(descriptor);
}

static int is_explained(graph_status status, graph_error *error, const char *why) {
    int fits = status == GRAPH_STATUS_CONNECTION_FAILED && graph_error_effect(error) == GRAPH_EFFECT_NONE &&
               strstr(graph_error_message(error), why) != NULL && strstr(graph_error_message(error), "report") == NULL;
    if (!fits) printf("%s: %s\n", graph_status_name(status), error == NULL ? "(no error)" : graph_error_message(error));
    graph_error_free(error);
    return fits;
}

/* Exits 0 if the two-argument call, the first of the process, says so, and works once there are descriptors again. */
static int first_call(void *unused) {
    graph_status status;
    (void)unused;
    use_up_descriptors();
    status = graph_remove_all_devices("demo-token", USER);
    if (status != GRAPH_STATUS_CONNECTION_FAILED) return 10 + (int)status;
    give_back_descriptors();
    return (int)graph_remove_all_devices("demo-token", USER);
}

static graph_status new_client_of(graph_client **client, graph_error **error) {
    graph_options *options = graph_options_new();
    graph_options_set_endpoint(options, endpoint, NULL);
    return graph_client_new(options, "demo-token", client, error);
}

static int new_client(void *unused) {
    graph_client *client = NULL;
    graph_error *error = NULL;
    graph_status status;
    (void)unused;
    use_up_descriptors();
    status = new_client_of(&client, &error);
    return is_explained(status, error, "os error 24") ? 0 : 1;
}

/* The limit of threads does not hold for root. */
static int without_threads(void) {
    struct rlimit none = {0, 0};
    return setuid(65534) == 0 && setrlimit(RLIMIT_NPROC, &none) == 0;
}

/* A call runs on the caller's thread and needs no other. */
static int call_without_threads(void *unused) {
    (void)unused;
    if (!without_threads()) return 77;
    return (int)call(client_of(endpoint, 5000));
}

static int run_without_threads(void *unused) {
    graph_client *client = client_of(endpoint, 5000);
    graph_run *run = NULL;
    graph_error *error = NULL;
    graph_status status;
    (void)unused;
    if (!without_threads()) return 77;
    status = graph_run_start(client, NULL, &run, &error);
    return is_explained(status, error, "os error 11") ? 0 : 1;
}

/* A name is looked up on a thread of its own, which cannot be had; the client was made before. */
static int look_up(void *unused) {
    graph_client *client = client_of("https://graph.contoso.example", 5000);
    graph_error *error = NULL;
    graph_status status;
    (void)unused;
    if (client == NULL || !without_threads()) return 77;
    status = graph_client_remove_all_devices(client, USER, NULL, NULL, &error);
    return is_explained(status, error, "os error 11") ? 0 : 1;
}

/* The trust store cannot be read, which is not the fault of the store. */
static int trust_store(void *unused) {
    graph_options *options = graph_options_new();
    graph_client *client = NULL;
    graph_error *error = NULL;
    graph_status status;
    (void)unused;
    graph_options_set_proxy(options, "", NULL);
    use_up_descriptors();
    status = graph_client_new(options, "demo-token", &client, &error);
    return is_explained(status, error, "os error 24") ? 0 : 1;
}

/* The client was made before; the connection needs a descriptor. */
static int connection(void *unused) {
    graph_client *client = client_of(endpoint, 5000);
    graph_error *error = NULL;
    graph_status status;
    (void)unused;
    use_up_descriptors();
    status = graph_client_remove_all_devices(client, USER, NULL, NULL, &error);
    return is_explained(status, error, "os error 24") ? 0 : 1;
}

int main(int argc, char **argv) {
    int code;
    begin(argc, argv);
    check(in_child(first_call, NULL) == 0, "the call of two arguments without descriptors");
    check(in_child(new_client, NULL) == 0, "a client without descriptors");
    code = in_child(call_without_threads, NULL);
    check(code == 0 || code == 77, "a call without threads");
    code = in_child(run_without_threads, NULL);
    check(code == 0 || code == 77, "a run without threads");
    check(in_child(trust_store, NULL) == 0, "a client by TLS without descriptors");
    check(in_child(connection, NULL) == 0, "a connection without descriptors");
    code = in_child(look_up, NULL);
    check(code == 0 || code == 77, "a name without threads");
    return finish("limits");
}
