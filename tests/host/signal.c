/* graph_run_stop in a signal handler, at several moments of a run: requests in flight are awaited and reported, waits
 * end at once, every user has a result, and a resumed run sends the rest. */
#include "host.h"
#include <sys/time.h>

#define USERS 60
/* Milliseconds. A run that takes longer has not noticed the stop. */
#define QUICK 2000
/* Milliseconds from alarm to alarm, so that one comes in the middle of graph_run_next. */
#define EVERY 10

static graph_run *volatile running;
static volatile sig_atomic_t alarms;

/* Stops the run. It is also the watchdog, as long as alarms come. */
static void stop(int signal) {
    (void)signal;
    alarms++;
    if (alarms > WATCHDOG * 1000 / EVERY) _exit(3);
    graph_run_stop(running);
}

static void let_alarms_come(int come) {
    struct sigaction action = {0};
    struct itimerval time = {{0, 0}, {0, 0}};
    action.sa_handler = come ? stop : SIG_DFL;
    alarms = 0;
    if (!come) setitimer(ITIMER_REAL, &time, NULL);
    sigaction(SIGALRM, &action, NULL);
    time.it_interval.tv_usec = time.it_value.tv_usec = EVERY * 1000;
    if (come)
        setitimer(ITIMER_REAL, &time, NULL);
    else
        alarm(WATCHDOG);
}

/* ---- runs ---- */

struct options {
    int32_t batch_size;
    int32_t writes; /* in an hour */
};

/* The results of each user, by number from 1. */
struct results {
    int accepted[USERS + 1], skipped[USERS + 1], other[USERS + 1];
    int done;
    graph_status ended_by;
};

static int number_in(const char *text) {
    const char *user = text == NULL ? NULL : strstr(text, "user-");
    int number = user == NULL ? 0 : atoi(user + strlen("user-"));
    return number >= 1 && number <= USERS ? number : 0;
}

static int sum(const int *counts) {
    int number, all = 0;
    for (number = 1; number <= USERS; number++) all += counts[number];
    return all;
}

static void start(const char *journal, int resumes, struct options with) {
    graph_client *client = client_of(endpoint, 5000);
    graph_run_options *options = graph_run_options_new();
    graph_run *run = NULL;
    char user[64];
    int number;
    if (resumes)
        graph_run_options_set_resume(options, journal, NULL);
    else
        graph_run_options_set_journal(options, journal, NULL);
    graph_run_options_set_batch_size(options, with.batch_size, NULL);
    graph_run_options_set_write_quota(options, with.writes, 3600000, NULL);
    graph_run_start(client, options, &run, NULL);
    graph_run_options_free(options);
    graph_client_free(client);
    for (number = 1; number <= USERS; number++) {
        snprintf(user, sizeof user, "user-%06d@contoso.com", number);
        graph_run_add_user(run, user, NULL);
    }
    graph_run_end_users(run, NULL);
    running = run;
}

/* Takes the next event and counts it. */
static void take(struct results *seen) {
    graph_event *event = NULL;
    int number;
    if (graph_run_next(running, 100, &event, NULL) != GRAPH_STATUS_OK) exit(2);
    number = number_in(graph_event_user(event));
    switch (graph_event_type(event)) {
        case GRAPH_EVENT_RESULT:
            if (graph_event_outcome(event) == GRAPH_OUTCOME_ACCEPTED)
                seen->accepted[number]++;
            else if (graph_event_outcome(event) == GRAPH_OUTCOME_SKIPPED)
                seen->skipped[number]++;
            else
                seen->other[number]++;
            break;
        case GRAPH_EVENT_DONE:
            seen->done = 1;
            seen->ended_by = graph_event_ended_by(event);
            break;
        default:
            break;
    }
    graph_event_free(event);
}

static void take_all(struct results *seen) {
    while (!seen->done) take(seen);
    graph_run_free(running);
    running = NULL;
}

/* Whether every user has one result. */
static int is_complete(const struct results *seen) {
    int number, wrong = 0;
    for (number = 1; number <= USERS; number++)
        wrong += seen->accepted[number] + seen->skipped[number] + seen->other[number] != 1;
    return wrong == 0 && sum(seen->other) == 0 && seen->ended_by == GRAPH_STATUS_OK;
}

/* Whether each user that was sent has a result in the journal, and no other user has one. */
static int is_closed(const char *journal, int sends) {
    static char line[1 << 16];
    int sent[USERS + 1] = {0}, results[USERS + 1] = {0};
    FILE *written = fopen(journal, "r");
    if (written == NULL) return 0;
    while (fgets(line, sizeof line, written) != NULL) {
        if (strstr(line, "\"event\":\"sent\"") != NULL) sent[number_in(line)]++;
        if (strstr(line, "\"event\":\"result\"") != NULL) results[number_in(line)]++;
    }
    fclose(written);
    return sum(sent) == sends && memcmp(sent, results, sizeof sent) == 0;
}

/* The number of times that the emulator retired the devices of a user. */
static int acted(void) {
    static char answer[1 << 20];
    const char *found = answer;
    int count = 0;
    emulator("GET", "actions", "", answer, sizeof answer);
    while ((found = strstr(found, "\"acted\":true")) != NULL) found++, count++;
    return count;
}

/* ---- moments ---- */

struct moment {
    const char *name;
    const char *hold;
    /* The emulator's state at that moment. */
    const char *wait;
    struct options with;
    /* The users that were sent until then. */
    int accepted;
};

static void reach(const struct moment *moment, const char *journal) {
    char answer[1024];
    emulator("POST", "reset",
             "{\"users\":[],\"generate\":{\"users\":60,\"devices\":1,\"operating_systems\":[\"iOS\"]}}", answer,
             sizeof answer);
    if (moment->hold != NULL) emulator("POST", "hold", moment->hold, answer, sizeof answer);
    start(journal, 0, moment->with);
    emulator("GET", moment->wait, "", answer, sizeof answer);
    if (strstr(answer, "\"reached\":true") == NULL) printf("%s: not reached: %s\n", moment->name, answer);
}

static void check_at(const struct moment *moment, const char *what, int holds) {
    char text[128];
    snprintf(text, sizeof text, "%s: %s", moment->name, what);
    check(holds, text);
}

static void stopped_at(const struct moment *moment) {
    char journal[] = "/tmp/graph-devices-host-XXXXXX", answer[1024];
    const struct options plain = {1, 10000};
    struct results seen = {0}, later = {0};
    int64_t since;
    close(mkstemp(journal));
    remove(journal); /* a new journal is refused where there is one */
    reach(moment, journal);

    let_alarms_come(1);
    while (alarms == 0 && !seen.done) take(&seen);
    let_alarms_come(0);
    if (moment->hold != NULL) {
        check_at(moment, "requests in flight are awaited", !seen.done);
        emulator("POST", "release", "{}", answer, sizeof answer);
    }
    since = now_ms();
    take_all(&seen);
    check_at(moment, "it is quick", now_ms() - since < QUICK);
    if (sum(seen.accepted) != moment->accepted) printf("%s: %d accepted\n", moment->name, sum(seen.accepted));
    check_at(moment, "the users in flight are accepted", sum(seen.accepted) == moment->accepted);
    check_at(moment, "every other user is skipped", is_complete(&seen));
    check_at(moment, "the service did what was reported", acted() == moment->accepted);
    check_at(moment, "every user that was sent has a result in the journal", is_closed(journal, moment->accepted));

    start(journal, 1, plain);
    take_all(&later);
    check_at(moment, "resumed: the rest is accepted", sum(later.accepted) == USERS - moment->accepted);
    check_at(moment, "resumed: users that were done are skipped", is_complete(&later) && acted() == USERS);
    remove(journal);
}

int main(int argc, char **argv) {
    const struct options plain = {1, 10000}, paced = {1, 5}, batched = {20, 41};
    const struct moment moments[] = {
        {"sixteen arrived", "{\"match\":\"removeAll\",\"after\":4}", "wait?held=16", plain, 20},
        {"sixteen acted on", "{\"match\":\"removeAll\",\"after\":4,\"point\":\"acted\"}", "wait?held=16", plain, 20},
        {"the first alone", "{\"match\":\"removeAll\"}", "wait?held=1", plain, 1},
        {"reads", "{\"match\":\"managedDevices\"}", "wait?held=1", plain, 0},
        {"a full quota", NULL, "wait?actions=5&idle=true", paced, 5},
        {"batches and a full quota", "{\"match\":\"removeAll\",\"after\":1}", "wait?held=2", batched, 41},
    };
    size_t at;
    begin(argc, argv);
    for (at = 0; at < sizeof moments / sizeof *moments; at++) stopped_at(&moments[at]);
    return finish("signal");
}
