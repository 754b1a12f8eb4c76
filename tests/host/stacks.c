/* Sixty-four threads on 256 KiB stacks call at once. GRAPH_STACK_KIB chooses another size. A debug build uses about 135 KiB, three
 * times as much as a release build. */
#include "host.h"

#define THREADS 64
#define PAINT 0xa5

static graph_client *shared;
static pthread_barrier_t together;
static volatile int wrong;

static void *one(void *two_arguments) {
    graph_status status;
    pthread_barrier_wait(&together);
    status = two_arguments != NULL ? graph_remove_all_devices("demo-token", USER) : call(shared);
    if (status != GRAPH_STATUS_OK) __sync_fetch_and_add(&wrong, 1);
    return NULL;
}

/* How much of the stack was ever written. */
static size_t used(const unsigned char *stack, size_t size) {
    size_t free_part = 0;
    while (free_part < size && stack[free_part] == PAINT) free_part++;
    return size - free_part;
}

static void all(const char *what, void *two_arguments, size_t size) {
    pthread_t threads[THREADS];
    unsigned char *stacks[THREADS];
    size_t most = 0;
    int at;
    pthread_barrier_init(&together, NULL, THREADS);
    wrong = 0;
    for (at = 0; at < THREADS; at++) {
        pthread_attr_t attributes;
        void *memory = NULL;
        if (posix_memalign(&memory, 65536, size) != 0) exit(2);
        stacks[at] = (unsigned char *)memset(memory, PAINT, size);
        pthread_attr_init(&attributes);
        pthread_attr_setstack(&attributes, memory, size);
        if (pthread_create(&threads[at], &attributes, one, two_arguments) != 0) exit(2);
        pthread_attr_destroy(&attributes);
    }
    for (at = 0; at < THREADS; at++) {
        pthread_join(threads[at], NULL);
        if (used(stacks[at], size) > most) most = used(stacks[at], size);
        free(stacks[at]);
    }
    printf("%s: at most %zu KiB of %zu KiB used\n", what, most / 1024, size / 1024);
    check(wrong == 0, what);
    check(most < size / 8 * 5, "no stack is more than five eighths used");
}

int main(int argc, char **argv) {
    static char two_arguments[] = "two arguments";
    const char *kib = getenv("GRAPH_STACK_KIB");
    size_t size = (size_t)(kib != NULL ? atoi(kib) : 256) * 1024;
    begin(argc, argv);
    faults("[]");
    shared = client_of(endpoint, 5000);
    all("a client", NULL, size);
    all("two arguments", two_arguments, size);
    graph_client_free(shared);
    return finish("stacks");
}
