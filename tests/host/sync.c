/* A record is on the disk before its request is sent, and if the disk fails nothing is sent. The library calls this
 * program's fdatasync, which knows how much of the journal it was asked for and can be made to fail. */
#include "host.h"
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define USERS 9

static atomic_int fails;
/* The length of the journal that is durable. */
static atomic_llong durable;

int fdatasync(int file) {
    struct stat before;
    if (fails) {
        errno = EIO;
        return -1;
    }
    fstat(file, &before);
    if (syscall(SYS_fdatasync, file) != 0) return -1;
    durable = before.st_size;
    return 0;
}

static graph_run *start(const char *journal, int resumes, int32_t connections) {
    graph_client *client = client_of(endpoint, 5000);
    graph_run_options *options = graph_run_options_new();
    graph_run *run = NULL;
    if (resumes)
        graph_run_options_set_resume(options, journal, NULL);
    else
        graph_run_options_set_journal(options, journal, NULL);
    graph_run_options_set_connections(options, connections, NULL);
    graph_run_start(client, options, &run, NULL);
    graph_run_options_free(options);
    graph_client_free(client);
    return run;
}

/* Users by number, the last included. */
static void add(graph_run *run, int from, int to) {
    char user[64];
    for (; from <= to; from++) {
        snprintf(user, sizeof user, "user-%06d@contoso.com", from);
        graph_run_add_user(run, user, NULL);
    }
}

/* Takes events until `wanted` results came or the run is done. Returns the number of results with that outcome. */
static int rows(graph_run *run, int wanted, graph_outcome outcome, graph_status *ended_by) {
    int count = 0, found = 0, done = 0;
    while (!done && count < wanted) {
        graph_event *event = NULL;
        if (graph_run_next(run, 1000, &event, NULL) != GRAPH_STATUS_OK) return -1;
        if (graph_event_type(event) == GRAPH_EVENT_RESULT) {
            count++;
            found += graph_event_outcome(event) == outcome;
        }
        done = graph_event_type(event) == GRAPH_EVENT_DONE;
        if (done && ended_by != NULL) *ended_by = graph_event_ended_by(event);
        graph_event_free(event);
    }
    return found;
}

static int count_in(const char *text, const char *what) {
    int count = 0;
    while ((text = strstr(text, what)) != NULL) text++, count++;
    return count;
}

/* The number of attempts that the emulator received. */
static int attempts(void) {
    static char answer[1 << 16];
    emulator("GET", "actions", "", answer, sizeof answer);
    return count_in(answer, "\"acted\":");
}

static void tenant(void) {
    char answer[512];
    emulator("POST", "reset", "{\"users\":[],\"generate\":{\"users\":9,\"devices\":1,\"operating_systems\":[\"iOS\"]}}",
             answer, sizeof answer);
}

/* The number of users sent by the durable part of the journal, and by all of it. */
static void sent(const char *journal, int *by_durable, int *in_all) {
    static char text[1 << 16];
    FILE *file = fopen(journal, "r");
    size_t length = file == NULL ? 0 : fread(text, 1, sizeof text - 1, file);
    if (file != NULL) fclose(file);
    text[length] = '\0';
    *in_all = count_in(text, "\"event\":\"sent\"");
    text[durable < (long long)length ? (size_t)durable : length] = '\0';
    *by_durable = count_in(text, "\"event\":\"sent\"");
}

static void durable_before(const char *journal) {
    char answer[512];
    int by_durable = 0, in_all = 0;
    graph_run *run;
    tenant();
    emulator("POST", "hold", "{\"match\":\"removeAll\",\"after\":1}", answer, sizeof answer);
    run = start(journal, 0, 16);
    add(run, 1, USERS);
    graph_run_end_users(run, NULL);
    emulator("GET", "wait?held=8", "", answer, sizeof answer);
    sent(journal, &by_durable, &in_all);
    check(attempts() >= 1 && in_all == USERS, "all are on the way");
    check(by_durable == USERS, "and that is on the disk");
    emulator("POST", "release", "{}", answer, sizeof answer);
    check(rows(run, USERS, GRAPH_OUTCOME_ACCEPTED, NULL) == USERS, "all are accepted");
    rows(run, 1, GRAPH_OUTCOME_ACCEPTED, NULL);
    graph_run_free(run);
    remove(journal);
}

static void nothing_leaves(const char *journal) {
    graph_status ended_by = GRAPH_STATUS_OK;
    graph_run *run;
    tenant();
    run = start(journal, 0, 1);
    add(run, 1, 2);
    check(rows(run, 2, GRAPH_OUTCOME_ACCEPTED, NULL) == 2, "the disk works: accepted");
    fails = 1;
    add(run, 3, USERS);
    graph_run_end_users(run, NULL);
    check(rows(run, 1, GRAPH_OUTCOME_FAILED, NULL) == 1, "the disk fails: the next user fails");
    check(rows(run, USERS, GRAPH_OUTCOME_SKIPPED, &ended_by) == USERS - 3, "the disk fails: the others are skipped");
    check(ended_by == GRAPH_STATUS_JOURNAL, "the disk fails: that is why the run ended");
    check(attempts() == 2, "the disk fails: no user is sent");
    graph_run_free(run);
    fails = 0;

    run = start(journal, 1, 1);
    add(run, 1, USERS);
    graph_run_end_users(run, NULL);
    check(rows(run, USERS, GRAPH_OUTCOME_ACCEPTED, NULL) == USERS - 2, "the disk works again: the rest is accepted");
    check(attempts() == USERS, "the disk works again: no user is sent twice");
    rows(run, 1, GRAPH_OUTCOME_ACCEPTED, NULL);
    graph_run_free(run);
    remove(journal);
}

int main(int argc, char **argv) {
    char journal[] = "/tmp/graph-devices-host-XXXXXX";
    begin(argc, argv);
    close(mkstemp(journal));
    remove(journal); /* a new journal is refused where there is one */
    durable_before(journal);
    nothing_leaves(journal);
    return finish("sync");
}
