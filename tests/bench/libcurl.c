/* The same work over libcurl: one easy handle, or a multi handle with as many requests in flight. It keeps no journal. */
#include "bench.h"
#include <curl/curl.h>

#define MOST 64

typedef struct {
    CURL *easy;
    char url[256];
    char body[20 * 256];
    int users;
} slot;

static const char *root, *ca;
static struct curl_slist *plain_headers, *batch_headers;
static slot single;

static size_t ignored(char *bytes, size_t size, size_t count, void *unused) {
    (void)bytes, (void)unused;
    return size * count;
}

static CURL *handle(struct curl_slist *headers) {
    CURL *easy = curl_easy_init();
    need(easy != NULL, "no handle");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignored);
    if (ca != NULL) curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
    return easy;
}

static void open_client(const char *endpoint, const char *ca_file) {
    need(curl_global_init(CURL_GLOBAL_DEFAULT) == 0, "libcurl cannot be used");
    root = endpoint;
    ca = ca_file;
    plain_headers = curl_slist_append(NULL, "Authorization: Bearer " TOKEN);
    plain_headers = curl_slist_append(plain_headers, "Accept: application/json");
    plain_headers = curl_slist_append(plain_headers, "client-request-id: 20000000-0000-4000-8000-000000000001");
    batch_headers = curl_slist_append(NULL, "Authorization: Bearer " TOKEN);
    batch_headers = curl_slist_append(batch_headers, "Content-Type: application/json");
    single.easy = handle(plain_headers);
}

static void action_of(slot *slot, const char *user) {
    char path[160];
    snprintf(path, sizeof path, ACTION, user);
    snprintf(slot->url, sizeof slot->url, "%s%s", root, path);
    curl_easy_setopt(slot->easy, CURLOPT_URL, slot->url);
    curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDS, "");
    slot->users = 1;
}

static void accepted(CURL *easy, long wanted) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    need(status == wanted, "a call was not accepted");
}

static void one_call(void) {
    action_of(&single, USER);
    need(curl_easy_perform(single.easy) == CURLE_OK, "a call failed");
    accepted(single.easy, 204);
}

/* The next request: one user, or a batch of them. */
static void next_request(slot *slot, const work *work, int *sent) {
    char user[64];
    int count = work->users - *sent < work->batch ? work->users - *sent : work->batch, at;
    size_t length;
    if (work->batch == 1) {
        snprintf(user, sizeof user, NTH_USER, ++*sent);
        action_of(slot, user);
        return;
    }
    length = (size_t)sprintf(slot->body, "{\"requests\":[");
    for (at = 0; at < count; at++) {
        snprintf(user, sizeof user, NTH_USER, ++*sent);
        length += (size_t)sprintf(slot->body + length,
            "%s{\"id\":\"%d\",\"method\":\"POST\",\"url\":\"/users/%s/removeAllDevicesFromManagement\",\"headers\":"
            "{\"Content-Type\":\"application/json\"},\"body\":{}}", at > 0 ? "," : "", at, user);
    }
    sprintf(slot->body + length, "]}");
    snprintf(slot->url, sizeof slot->url, "%s/v1.0/$batch", root);
    curl_easy_setopt(slot->easy, CURLOPT_URL, slot->url);
    curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDS, slot->body);
    slot->users = count;
}

static void many_users(const work *work) {
    static slot slots[MOST];
    CURLM *multi = curl_multi_init();
    int sent = 0, done = 0, running = 0, at, left;
    need(work->connections <= MOST && work->batch <= 20 && multi != NULL, "too many connections");
    for (at = 0; at < work->connections && sent < work->users; at++) {
        slots[at].easy = handle(work->batch == 1 ? plain_headers : batch_headers);
        curl_easy_setopt(slots[at].easy, CURLOPT_PRIVATE, &slots[at]);
        next_request(&slots[at], work, &sent);
        curl_multi_add_handle(multi, slots[at].easy);
    }
    while (done < work->users) {
        CURLMsg *message;
        need(curl_multi_perform(multi, &running) == CURLM_OK, "libcurl failed");
        while ((message = curl_multi_info_read(multi, &left)) != NULL) {
            slot *slot = NULL;
            need(message->data.result == CURLE_OK, "a call failed");
            accepted(message->easy_handle, work->batch == 1 ? 204 : 200);
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&slot);
            done += slot->users;
            curl_multi_remove_handle(multi, slot->easy);
            if (sent < work->users) {
                next_request(slot, work, &sent);
                curl_multi_add_handle(multi, slot->easy);
            }
        }
        if (done < work->users) curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    for (at = 0; at < work->connections; at++)
        if (slots[at].easy != NULL) curl_easy_cleanup(slots[at].easy);
    curl_multi_cleanup(multi);
}

static void close_client(void) {
    curl_easy_cleanup(single.easy);
    curl_slist_free_all(plain_headers);
    curl_slist_free_all(batch_headers);
    curl_global_cleanup();
}
