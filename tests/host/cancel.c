/* A host may cancel a thread that is in a call: the call ends normally, and the thread after it. */
#include "host.h"

static graph_client *shared_client;
static graph_status last;
static volatile int calls;

static void *one_call(void *unused) {
    (void)unused;
    pthread_cancel(pthread_self());
    last = call(shared_client);
    pthread_testcancel();
    return NULL;
}

static void *devices(void *unused) {
    graph_device_list *list = NULL;
    (void)unused;
    pthread_cancel(pthread_self());
    last = graph_client_managed_devices(shared_client, USER, NULL, &list, NULL);
    graph_device_list_free(list);
    pthread_testcancel();
    return NULL;
}

static void *two_arguments(void *unused) {
    (void)unused;
    pthread_cancel(pthread_self());
    last = graph_remove_all_devices("demo-token", USER);
    pthread_testcancel();
    return NULL;
}

/* Quick calls without end: the cancel comes anywhere in one of them. */
static void *many_calls(void *unused) {
    (void)unused;
    for (;;) {
        last = call(shared_client);
        calls++;
        pthread_testcancel();
    }
    return NULL;
}

/* The service does not answer before the deadline. */
static void *hanging(void *unused) {
    graph_call_options *options = graph_call_options_new();
    (void)unused;
    graph_call_options_set_deadline_ms(options, 1000, NULL);
    last = graph_client_remove_all_devices(shared_client, USER, options, NULL, NULL);
    graph_call_options_free(options);
    pthread_testcancel();
    return NULL;
}

static int cancelled_while_waiting(void) {
    pthread_t waiting;
    void *result = NULL;
    faults("[{\"hang\":true}]");
    waiting = thread(hanging, NULL);
    await_requests(1);
    pthread_cancel(waiting);
    pthread_join(waiting, &result);
    return result == PTHREAD_CANCELED && last == GRAPH_STATUS_TIMEOUT;
}

static void *next_event(void *unused) {
    graph_run *run = NULL;
    graph_event *event = NULL;
    (void)unused;
    graph_run_start(shared_client, NULL, &run, NULL);
    pthread_cancel(pthread_self());
    /* The run requests users, and then has no event to report. */
    graph_run_next(run, 1000, &event, NULL);
    graph_event_free(event);
    event = NULL;
    last = graph_run_next(run, 1000, &event, NULL);
    graph_event_free(event);
    graph_run_free(run);
    pthread_testcancel();
    return NULL;
}

/* Runs it on a thread that is to be cancelled: from its first moment, or after some calls. */
static int cancelled(void *(*body)(void *), int after) {
    pthread_t thread;
    void *result = NULL;
    int state = -1;
    calls = 0;
    last = GRAPH_STATUS_INTERNAL;
    pthread_create(&thread, NULL, body, NULL);
    while (calls < after) sched_yield();
    if (after > 0) pthread_cancel(thread);
    pthread_join(thread, &result);
    /* This thread's own state is as it was. */
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
    return result == PTHREAD_CANCELED && last == GRAPH_STATUS_OK && state == PTHREAD_CANCEL_ENABLE;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    shared_client = client_of(endpoint, 10000);
    check(cancelled(one_call, 0), "a call ends well, and then its thread is cancelled");
    check(cancelled(devices, 0), "so does a reading of devices");
    check(cancelled(two_arguments, 0), "so does the call of two arguments");
    check(cancelled(many_calls, 20), "so does one of many quick calls");
    check(cancelled(next_event, 0), "so does waiting for an event");
    check(cancelled_while_waiting(), "so does a call that waits for the service");
    graph_client_free(shared_client);
    return finish("cancel");
}
