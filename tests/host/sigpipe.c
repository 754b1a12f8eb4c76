/* A service that resets a connection must not kill a host that leaves SIGPIPE at its default. Preload: a late write. */
#include "host.h"
#include <dirent.h>

#define TIMES 20

static int resetting;
static char resetting_endpoint[64];

/* Ends its side and resets the connection, so that the peer's next write fails with EPIPE. With `answer`, every other
 * connection is answered 503 instead. */
static int serve(void *answer) {
    static const char unavailable[] =
        "HTTP/1.1 503 Service Unavailable\r\nrequest-id: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    struct linger now = {1, 0};
    int count;
    for (count = 0;; count++) {
        char request[4096];
        int stream = accept(resetting, NULL, NULL);
        if (stream < 0) return 2;
        alarm(WATCHDOG);
        if (answer != NULL && count % 2 == 0) {
            if (recv(stream, request, sizeof request, 0) > 0)
                send(stream, unavailable, sizeof unavailable - 1, MSG_NOSIGNAL);
        } else {
            shutdown(stream, SHUT_WR);
            setsockopt(stream, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        }
        close(stream);
    }
}

static void listen_anywhere(void) {
    struct sockaddr_in address = {0};
    socklen_t size = sizeof address;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    resetting = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(resetting, (struct sockaddr *)&address, sizeof address) != 0 || listen(resetting, 128) != 0) exit(2);
    getsockname(resetting, (struct sockaddr *)&address, &size);
    snprintf(resetting_endpoint, sizeof resetting_endpoint, "http://127.0.0.1:%d", ntohs(address.sin_port));
}

static int is_lost(graph_status status) {
    return status == GRAPH_STATUS_INTERRUPTED || status == GRAPH_STATUS_CONNECTION_FAILED;
}

/* Exits 0 if the call fails as a connection lost, before or after sending, and leaves the mask of this thread alone. */
static int one_call(void *unused) {
    sigset_t mask;
    graph_client *client = client_of(resetting_endpoint, 5000);
    graph_status status = call(client);
    (void)unused;
    graph_client_free(client);
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    return is_lost(status) ? sigismember(&mask, SIGPIPE) : 10 + (int)status;
}

static int one_run(void *unused) {
    graph_client *client = client_of(resetting_endpoint, 5000);
    graph_event_kind kind = GRAPH_EVENT_NONE;
    graph_run *run = NULL;
    (void)unused;
    graph_run_start(client, NULL, &run, NULL);
    graph_run_add_user(run, USER, NULL);
    graph_run_end_users(run, NULL);
    while (kind != GRAPH_EVENT_DONE) {
        graph_event *event = NULL;
        if (graph_run_next(run, 1000, &event, NULL) != GRAPH_STATUS_OK) return 1;
        kind = graph_event_type(event);
        graph_event_free(event);
    }
    graph_run_free(run);
    graph_client_free(client);
    return 0;
}

/* The number of other threads, and the number of them that SIGPIPE would kill. */
static int threads(int *unguarded) {
    char path[64], line[256];
    struct dirent *entry;
    int count = 0;
    DIR *tasks = opendir("/proc/self/task");
    *unguarded = 0;
    while (tasks != NULL && (entry = readdir(tasks)) != NULL) {
        unsigned long long blocked = 0;
        FILE *status;
        if (entry->d_name[0] == '.' || atoi(entry->d_name) == (int)getpid()) continue;
        snprintf(path, sizeof path, "/proc/self/task/%.20s/status", entry->d_name);
        if ((status = fopen(path, "r")) == NULL) continue; /* it has ended */
        while (fgets(line, sizeof line, status) != NULL) sscanf(line, "SigBlk: %llx", &blocked);
        fclose(status);
        count++;
        *unguarded += !(blocked >> (SIGPIPE - 1) & 1);
    }
    if (tasks != NULL) closedir(tasks);
    return count;
}

/* The thread that a run begins with, those that its threads begin, and that of a verification. */
static int guarded_threads(void *unused) {
    char journal[] = "/tmp/graph-devices-host-XXXXXX", name[32];
    graph_client *client = client_of(endpoint, 5000);
    graph_run_options *options = graph_run_options_new();
    graph_run *run = NULL, *verification = NULL;
    int unguarded = 0, user, found;
    (void)unused;
    close(mkstemp(journal));
    remove(journal); /* a new journal is refused where there is one */
    graph_run_options_set_journal(options, journal, NULL);
    graph_run_options_set_max_users(options, 30, NULL); /* nothing begins before all are there: three groups of ten */
    faults("[{\"hang\":true,\"times\":50}]");
    if (graph_run_start(client, options, &run, NULL) != GRAPH_STATUS_OK) return 2;
    for (user = 0; user < 30; user++) {
        snprintf(name, sizeof name, "user-%d@contoso.com", user);
        graph_run_add_user(run, name, NULL);
    }
    graph_run_end_users(run, NULL);
    await_requests(3);
    found = threads(&unguarded);
    graph_run_start_verify(client, journal, NULL, &verification, NULL); /* the journal is in use: nothing begins */
    remove(journal);
    if (found < 3 || verification != NULL) return 3;
    return unguarded == 0 ? 0 : 10 + unguarded;
}

static void many(const char *what, int (*body)(void *)) {
    int time, killed = 0, wrong = 0;
    for (time = 0; time < TIMES; time++) {
        int code = in_child(body, NULL);
        killed += code == -SIGPIPE;
        wrong += code != 0 && code != -SIGPIPE;
    }
    if (killed + wrong > 0) printf("%s: of %d, %d killed by SIGPIPE, %d wrong\n", what, TIMES, killed, wrong);
    check(killed == 0, what);
    check(wrong == 0, what);
}

int main(int argc, char **argv) {
    static char answer[] = "503";
    sigset_t mask;
    pid_t server;
    begin(argc, argv);
    signal(SIGPIPE, SIG_DFL);
    sigemptyset(&mask);
    sigaddset(&mask, SIGPIPE);
    sigprocmask(SIG_UNBLOCK, &mask, NULL);
    check(in_child(guarded_threads, NULL) == 0, "the threads of a run have SIGPIPE blocked");
    listen_anywhere();

    server = child(serve, NULL);
    many("reset before the request, a call", one_call);
    many("reset before the request, a run", one_run);
    kill(server, SIGKILL);
    ended(server);

    server = child(serve, answer);
    many("reset after a 503 and a new connection pool", one_call);
    kill(server, SIGKILL);
    ended(server);
    return finish("sigpipe");
}
