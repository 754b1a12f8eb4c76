/* A host that has closed its standard streams, and prints. The next files get the free descriptors, so the journal must
 * not be one of them: the host's lines would be written into it. */
#include "host.h"
#include <fcntl.h>

static graph_run *start(const char *journal, int resumes) {
    graph_client *client = client_of(endpoint, 5000);
    graph_run_options *options = graph_run_options_new();
    graph_run *run = NULL;
    if (resumes)
        graph_run_options_set_resume(options, journal, NULL);
    else
        graph_run_options_set_journal(options, journal, NULL);
    graph_run_options_set_inspect_first(options, 0, NULL);
    graph_run_start(client, options, &run, NULL);
    graph_run_options_free(options);
    graph_client_free(client);
    return run;
}

static void print_everywhere(void) {
    static const char line[] = "host: a line\n";
    int stream;
    for (stream = 0; stream <= 2; stream++)
        if (write(stream, line, sizeof line - 1) < 0) errno = 0;
}

/* Whether the run came to its end while the host printed, without a fatal status. */
static int to_its_end(graph_run *run, const char *user) {
    int well = 0, done = run == NULL;
    if (run != NULL) {
        graph_run_add_user(run, user, NULL);
        graph_run_end_users(run, NULL);
    }
    while (!done) {
        graph_event *event = NULL;
        print_everywhere();
        if (graph_run_next(run, 1000, &event, NULL) != GRAPH_STATUS_OK) return 0;
        done = graph_event_type(event) == GRAPH_EVENT_DONE;
        if (done) well = graph_event_ended_by(event) == GRAPH_STATUS_OK;
        graph_event_free(event);
    }
    print_everywhere();
    graph_run_free(run);
    return well;
}

/* Whether each of so many lines is a record. */
static int is_whole(const char *journal, int lines) {
    char line[4096];
    FILE *file = fopen(journal, "r");
    int count = 0, whole = file != NULL;
    while (whole && fgets(line, sizeof line, file) != NULL) {
        count++;
        whole = strncmp(line, "{\"event\":", 9) == 0 && strlen(line) > 1 && line[strlen(line) - 2] == '}';
    }
    if (file != NULL) fclose(file);
    return whole && count >= lines;
}

int main(int argc, char **argv) {
    char journal[] = "/tmp/graph-devices-host-XXXXXX";
    int kept[3], stream, began, resumed;
    begin(argc, argv);
    close(mkstemp(journal));
    remove(journal);
    for (stream = 0; stream <= 2; stream++) {
        kept[stream] = fcntl(stream, F_DUPFD_CLOEXEC, 10);
        close(stream);
    }
    began = to_its_end(start(journal, 0), USER);
    resumed = to_its_end(start(journal, 1), "bob@contoso.com");
    for (stream = 0; stream <= 2; stream++) dup2(kept[stream], stream);
    check(began, "a run comes to its end without standard streams");
    check(resumed, "so does the one that goes on with its journal");
    check(is_whole(journal, 8), "the journal holds records and no line of the host's");
    remove(journal);
    return finish("stdio");
}
