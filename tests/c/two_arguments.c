/* The call of two arguments, as short as it gets: prints the name of the status, exits with its number. */
#include <graph_devices.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    graph_status status = graph_remove_all_devices(getenv("GRAPH_TOKEN"), argc > 1 ? argv[1] : NULL);
    puts(graph_status_name(status));
    return (int)status;
}
