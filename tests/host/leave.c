/* Freeing and leaving while a call hangs, at the service or in a blocked name look-up. Preload: blocked.example. */
#include "host.h"

#define BLOCKED "https://blocked.example"
/* Milliseconds. A call that takes longer has waited for a thread. */
#define QUICK 2000

static graph_client *kept;

/* Frees, and returns whether that was quick. */
static int frees_quickly(graph_run *run, graph_client *client) {
    int64_t start = now_ms();
    graph_run_free(run);
    graph_client_free(client);
    return now_ms() - start < QUICK ? 0 : 1;
}

static int after_look_up(void *unused) {
    graph_client *client = client_of(BLOCKED, 100);
    (void)unused;
    if (call(client) != GRAPH_STATUS_CONNECTION_FAILED) return 2;
    return frees_quickly(NULL, client);
}

static graph_run *run_of(graph_client *client) {
    graph_run *run = NULL;
    graph_run_start(client, NULL, &run, NULL);
    graph_run_add_user(run, USER, NULL);
    return run;
}

static int run_in_look_up(void *unused) {
    graph_client *client = client_of(BLOCKED, 60000);
    graph_run *run = run_of(client);
    graph_event *event = NULL;
    (void)unused;
    graph_run_next(run, 200, &event, NULL);
    graph_event_free(event);
    return frees_quickly(run, client);
}

static int run_in_call(void *unused) {
    graph_client *client = client_of(endpoint, 5000);
    graph_run *run = run_of(client);
    (void)unused;
    await_requests(1);
    return frees_quickly(run, client);
}

static int run_of_many(void *unused) {
    graph_client *client = client_of(endpoint, 5000);
    graph_run *run = run_of(client);
    (void)unused;
    graph_run_add_user(run, "diego@contoso.com", NULL);
    graph_run_add_user(run, "lee@contoso.com", NULL);
    graph_run_end_users(run, NULL);
    await_requests(1);
    return frees_quickly(run, client);
}

/* The handle stays: only the process ends. */
static int leaves_in_run(void *unused) {
    (void)unused;
    run_of(client_of(endpoint, 5000));
    await_requests(1);
    return 0;
}

static int leaves_in_call(void *unused) {
    graph_client *client = client_of(endpoint, 5000);
    (void)unused;
    thread(calling, client);
    await_requests(1);
    return 0;
}

static int leaves_in_look_up(void *unused) {
    graph_client *client = client_of(BLOCKED, 60000);
    struct timespec moment = {0, 200000000};
    (void)unused;
    thread(calling, client);
    nanosleep(&moment, NULL);
    return 0;
}

static void free_kept(void) { graph_client_free(kept); }

static int frees_at_exit(void *unused) {
    kept = client_of(BLOCKED, 100);
    (void)unused;
    if (call(kept) != GRAPH_STATUS_CONNECTION_FAILED) return 2;
    atexit(free_kept);
    return 0;
}

/* Runs `body` in a child of its own, with hanging answers only, and checks that it ends in time. */
static void quickly(const char *what, int (*body)(void *)) {
    int64_t start = now_ms(), took;
    int code;
    faults("[{\"hang\":true,\"times\":9}]");
    code = in_child(body, NULL);
    took = now_ms() - start;
    if (code != 0 || took >= QUICK) printf("%s: ended with %d after %d ms\n", what, code, (int)took);
    check(code == 0, what);
    check(took < QUICK, what);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    quickly("free after a look-up that goes on", after_look_up);
    quickly("free a run in a look-up", run_in_look_up);
    quickly("free a run in a call", run_in_call);
    quickly("free a run of several in calls", run_of_many);
    quickly("exit in a call", leaves_in_call);
    quickly("exit in a run", leaves_in_run);
    quickly("exit in a look-up", leaves_in_look_up);
    quickly("free at exit", frees_at_exit);
    return finish("leave");
}
