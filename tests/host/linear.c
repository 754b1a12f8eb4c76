/* Options grow one by one without a copy of what is there: counted in bytes, which the library asks of this program. */
#include "host.h"

#define USERS 20000

static size_t asked;

#ifdef __GLIBC__
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);

void *malloc(size_t size) {
    asked += size;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    asked += count * size;
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
    asked += size;
    return __libc_realloc(block, size);
}
#endif

int main(int argc, char **argv) {
    graph_run_options *options = graph_run_options_new();
    int user, refused = 0;
    size_t before;
    begin(argc, argv);
    asked = 0;
    for (user = 0; user < USERS; user++) {
        char name[64];
        snprintf(name, sizeof name, "user-%06d@contoso.com", user);
        refused += graph_run_options_exclude(options, name, NULL) != GRAPH_STATUS_OK;
    }
    printf("%zu bytes for each of %d exclusions\n", asked / USERS, USERS);
    check(refused == 0, "all are taken");
    check(asked / USERS < 1000, "each costs the same, however many there are");
    before = asked;
    check(graph_run_options_exclude(options, "no user", NULL) == GRAPH_STATUS_INVALID_ARGUMENT, "one is refused");
    check(graph_run_options_set_max_users(options, 1, NULL) == GRAPH_STATUS_OK, "another option is set");
    check(asked - before < 10000, "which copies none of them");
    graph_run_options_free(options);
    return finish("linear");
}
