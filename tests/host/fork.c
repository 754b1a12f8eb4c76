/* A handle of the parent in a forked child: used, freed, and present at exit, while other threads do anything at the
 * fork. */
#include "host.h"

#define TIMES 20

static int use(void *client) { return (int)call((graph_client *)client); }

static int use_and_free(void *client) {
    int status = use(client);
    graph_client_free((graph_client *)client);
    return status;
}

static int only_free(void *client) {
    graph_client_free((graph_client *)client);
    return 0;
}

static int only_exit(void *unused) {
    (void)unused;
    return 0;
}

static int new_token(void *client) {
    graph_status status = graph_client_set_token((graph_client *)client, "demo-token", NULL);
    return status != GRAPH_STATUS_OK ? (int)status : use(client);
}

static int two_arguments(void *unused) {
    (void)unused;
    return (int)graph_remove_all_devices("demo-token", USER);
}

/* A run may only be freed; every other call is refused. */
static int free_run(void *of_parent) {
    graph_run *run = (graph_run *)of_parent;
    graph_event *event = NULL;
    graph_status next = graph_run_next(run, 0, &event, NULL);
    graph_status add = graph_run_add_user(run, USER, NULL);
    graph_run_stop(run);
    graph_run_free(run);
    return next == GRAPH_STATUS_INVALID_ARGUMENT && add == GRAPH_STATUS_INVALID_ARGUMENT ? 0 : 1;
}

static void *two_arguments_thread(void *unused) {
    two_arguments(unused);
    return NULL;
}

/* Every way to leave, while another thread of the parent is inside a call. */
static void during_a_call(void) {
    graph_client *client = client_of(endpoint, 5000);
    faults("[{\"hang\":true}]");
    thread(calling, client);
    await_requests(1);
    check(in_child(use_and_free, client) == 0, "during a call: use and free");
    check(in_child(use, client) == 0, "during a call: use and exit");
    check(in_child(only_free, client) == 0, "during a call: free");
    check(in_child(only_exit, client) == 0, "during a call: exit");
    check(in_child(new_token, client) == 0, "during a call: a new token");
}

static void two_arguments_during_a_call(void) {
    faults("[]");
    check(two_arguments(NULL) == 0, "two arguments");
    check(in_child(two_arguments, NULL) == 0, "two arguments in a child");
    faults("[{\"hang\":true}]");
    thread(two_arguments_thread, NULL);
    await_requests(1);
    check(in_child(two_arguments, NULL) == 0, "two arguments in a child, during a call");
}

static void a_run(void) {
    graph_client *client = client_of(endpoint, 5000);
    graph_run *run = NULL;
    faults("[{\"hang\":true}]");
    graph_run_start(client, NULL, &run, NULL);
    graph_run_add_user(run, USER, NULL);
    await_requests(1);
    check(in_child(free_run, run) == 0, "a run of the parent: refused and freed");
    check(in_child(use_and_free, client) == 0, "its client: use and free");
}

/* A child that ends does not change the run of its parent and the journal. */
static void a_run_with_a_journal(void) {
    char journal[] = "/tmp/graph-devices-host-XXXXXX", line[4096];
    graph_client *client = client_of(endpoint, 5000);
    graph_run_options *options = graph_run_options_new();
    graph_event_kind kind = GRAPH_EVENT_NONE;
    graph_run *run = NULL;
    FILE *written;
    int rows = 0, ends = 0;
    close(mkstemp(journal));
    remove(journal); /* a new journal is refused where there is one */
    graph_run_options_set_journal(options, journal, NULL);
    faults("[{\"delay_ms\":200}]");
    graph_run_start(client, options, &run, NULL);
    graph_run_add_user(run, "diego@contoso.com", NULL);
    await_requests(1);
    check(in_child(free_run, run) == 0, "a run with a journal: freed in a child");
    check(in_child(only_exit, NULL) == 0, "a run with a journal: a child that exits");
    graph_run_add_user(run, "first.last+tag@contoso.com", NULL);
    graph_run_end_users(run, NULL);
    while (kind != GRAPH_EVENT_DONE) {
        graph_event *event = NULL;
        if (graph_run_next(run, 1000, &event, NULL) != GRAPH_STATUS_OK) break;
        kind = graph_event_type(event);
        rows += kind == GRAPH_EVENT_RESULT && graph_event_outcome(event) == GRAPH_OUTCOME_ACCEPTED;
        graph_event_free(event);
    }
    check(rows == 2, "a run with a journal: the parent's goes on");
    graph_run_free(run);
    if ((written = fopen(journal, "r")) != NULL) {
        while (fgets(line, sizeof line, written) != NULL) ends += strstr(line, "\"event\":\"end\"") != NULL;
        fclose(written);
    }
    check(ends == 1, "a run with a journal: it ends once");
    remove(journal);
    graph_run_options_free(options);
    graph_client_free(client);
}

/* A fork at any moment: threads call and set tokens without pause. */
static volatile int enough;

static void *busy(void *of_parent) {
    graph_client *client = (graph_client *)of_parent;
    while (!enough) {
        graph_client_set_token(client, "demo-token", NULL);
        call(client);
    }
    return NULL;
}

static void anywhere(void) {
    graph_client *client = client_of(endpoint, 5000);
    pthread_t first, second;
    int time, wrong = 0;
    faults("[]");
    first = thread(busy, client);
    second = thread(busy, client);
    for (time = 0; time < TIMES && wrong < 4; time++) wrong += in_child(use_and_free, client) != 0;
    enough = 1;
    pthread_join(first, NULL);
    pthread_join(second, NULL);
    if (wrong > 0) printf("anywhere: %d of %d children wrong\n", wrong, time);
    check(wrong == 0, "forked anywhere in a call");
    check(use_and_free(client) == 0, "the parent goes on");
}

int main(int argc, char **argv) {
    graph_client *client;
    begin(argc, argv);
    client = client_of(endpoint, 5000);
    faults("[]");
    check(in_child(use_and_free, client) == 0, "before any call: use and free");
    check(use(client) == 0, "the parent");
    check(in_child(use_and_free, client) == 0, "after a call: use and free");
    check(in_child(only_free, client) == 0, "after a call: free");
    check(use_and_free(client) == 0, "the parent again");
    during_a_call();
    two_arguments_during_a_call();
    a_run();
    a_run_with_a_journal();
    anywhere();
    return finish("fork");
}
