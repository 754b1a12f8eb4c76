/* What the measured C programs share. Usage: PROGRAM ENDPOINT CA_FILE MODE. CA_FILE holds all that is trusted, and is - for http.
 * MODE is one of
 *   once                                       one call, for the time of a whole process
 *   calls N                                    N calls on one connection; prints the median time and the CPU time of a call
 *   users N CONNECTIONS BATCH JOURNAL RESUME   N users; prints users a second, CPU time of a user, and the most memory
 * Times are microseconds, memory is KiB. */
#ifndef BENCH_H
#define BENCH_H

#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define TOKEN "demo-token"
#define USER "10000000-0000-4000-8000-000000000001"
/* The nth user that the emulator generates. */
#define NTH_USER "11000000-0000-4000-8000-%012d"
#define ACTION "/v1.0/users/%s/removeAllDevicesFromManagement"

/* The work of many users. */
typedef struct {
    int users, connections, batch;
    const char *journal; /* NULL for none */
    int resume;
} work;

/* What each program does in its own way; they end the process where a call is not accepted. */
static void open_client(const char *endpoint, const char *ca_file);
static void one_call(void);
static void many_users(const work *work);
static void close_client(void);

static inline void need(int holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

static inline double now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static inline double cpu_us(void) {
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e6 + (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

/* The most memory since the program began, as Linux counts it: getrusage also counts what the process was before. */
static inline long most_memory_kb(void) {
    char line[128];
    long most = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) sscanf(line, "VmHWM: %ld", &most);
    if (status != NULL) fclose(status);
    return most;
}

static int ascending(const void *one, const void *other) {
    double difference = *(const double *)one - *(const double *)other;
    return (difference > 0) - (difference < 0);
}

static void calls(int count) {
    double *times = calloc((size_t)count, sizeof *times), began;
    int at;
    need(times != NULL, "no memory");
    one_call(); /* connects */
    began = cpu_us();
    for (at = 0; at < count; at++) {
        double start = now_us();
        one_call();
        times[at] = now_us() - start;
    }
    began = cpu_us() - began;
    qsort(times, (size_t)count, sizeof *times, ascending);
    printf("%.1f %.1f\n", times[count / 2], began / count);
    free(times);
}

static void users(const work *work) {
    double start = now_us(), began = cpu_us(), took;
    many_users(work);
    took = now_us() - start;
    printf("%.1f %.1f %ld\n", work->users / took * 1e6, (cpu_us() - began) / work->users, most_memory_kb());
}

int main(int argc, char **argv) {
    const char *mode = argc > 3 ? argv[3] : "";
    need(argc > 3, "ENDPOINT CA_FILE MODE");
    open_client(argv[1], strcmp(argv[2], "-") == 0 ? NULL : argv[2]);
    if (strcmp(mode, "once") == 0 && argc == 4) {
        one_call();
    } else if (strcmp(mode, "calls") == 0 && argc == 5) {
        calls(atoi(argv[4]));
    } else {
        work work = {0};
        need(strcmp(mode, "users") == 0 && argc == 9, "no such mode");
        work.users = atoi(argv[4]);
        work.connections = atoi(argv[5]);
        work.batch = atoi(argv[6]);
        work.journal = strcmp(argv[7], "-") == 0 ? NULL : argv[7];
        work.resume = atoi(argv[8]);
        users(&work);
    }
    close_client();
    return 0;
}

#endif
