/* dlclose while the library's threads run, and at once after a free. Not linked with the library, which GRAPH_LIBRARY
 * names. */
#include "host.h"
#include <dlfcn.h>

#define TIMES 20

typedef graph_options *(*options_new)(void);
typedef graph_status (*options_endpoint)(graph_options *, const char *, graph_error **);
typedef graph_status (*client_new)(const graph_options *, const char *, graph_client **, graph_error **);
typedef graph_status (*client_call)(graph_client *, const char *, const graph_call_options *, graph_receipt **,
                                    graph_error **);
typedef void (*client_free)(graph_client *);

static void *library;
static const char *path;
static client_call remove_all_devices;
static client_free free_client;

/* A function pointer cannot be cast from what dlsym returns in standard C. */
static void symbol(const char *name, void *function) {
    void *found = dlsym(library, name);
    if (found == NULL) exit(2);
    memcpy(function, &found, sizeof found);
}

static graph_client *opened(void) {
    options_new new_options;
    options_endpoint set_endpoint;
    client_new new_client;
    graph_client *client = NULL;
    graph_options *options;
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) exit(2);
    symbol("graph_options_new", &new_options);
    symbol("graph_options_set_endpoint", &set_endpoint);
    symbol("graph_client_new", &new_client);
    symbol("graph_client_remove_all_devices", &remove_all_devices);
    symbol("graph_client_free", &free_client);
    options = new_options();
    set_endpoint(options, endpoint, NULL);
    new_client(options, "demo-token", &client, NULL);
    return client;
}

static void *use_opened(void *client) {
    remove_all_devices((graph_client *)client, USER, NULL, NULL, NULL);
    return NULL;
}

static void *open_use_free(void *unused) {
    graph_client *client = opened();
    (void)unused;
    use_opened(client);
    free_client(client);
    return NULL;
}

/* The thread that used it is gone, so that nothing but the library itself keeps it loaded. */
static int closes_after_free(void *unused) {
    (void)unused;
    pthread_join(thread(open_use_free, NULL), NULL);
    dlclose(library);
    usleep(20000);
    return 0;
}

static int closes_in_call(void *unused) {
    graph_client *client = opened();
    pthread_t caller = thread(use_opened, client);
    (void)unused;
    await_requests(1);
    dlclose(library);
    faults("[]");
    pthread_join(caller, NULL);
    return 0;
}

static int closes_unused(void *unused) {
    (void)unused;
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    dlclose(library);
    return dlopen(path, RTLD_NOW | RTLD_NOLOAD) == NULL;
}

int main(int argc, char **argv) {
    int time, wrong = 0;
    begin(argc, argv);
    path = getenv("GRAPH_LIBRARY");
    check(in_child(closes_unused, NULL) == 0, "it stays loaded");
    faults("[]");
    for (time = 0; time < TIMES; time++) wrong += in_child(closes_after_free, NULL) != 0;
    if (wrong > 0) printf("closed after a free: %d of %d wrong\n", wrong, TIMES);
    check(wrong == 0, "closed after a free");
    faults("[{\"delay_ms\":300,\"status\":503}]");
    check(in_child(closes_in_call, NULL) == 0, "closed in a call");
    return finish("unload");
}
