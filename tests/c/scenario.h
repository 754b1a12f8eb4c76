/* What the scenario runner reads and prints: its arguments, and every public field as JSON. */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <graph_devices.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- arguments ---- */

static int count;
static char **arguments;

/* Turns hex:6162 into the bytes ab, in place. */
static char *decoded(char *value) {
    size_t length, i;
    if (strncmp(value, "hex:", 4) != 0) return value;
    length = strlen(value + 4) / 2;
    for (i = 0; i < length; i++) {
        char pair[3] = {value[4 + 2 * i], value[5 + 2 * i], '\0'};
        value[i] = (char)strtoul(pair, NULL, 16);
    }
    value[length] = '\0';
    return value;
}

/* The value of the next argument of that name from *index on; NULL if there is none. */
static char *next(const char *name, int *index) {
    size_t length = strlen(name);
    for (; *index < count; (*index)++) {
        char *argument = arguments[*index];
        if (strncmp(argument, name, length) == 0 && argument[length] == '=') {
            (*index)++;
            return decoded(argument + length + 1);
        }
    }
    return NULL;
}

static char *text(const char *name) {
    int index = 0;
    return next(name, &index);
}

static int number(const char *name, int64_t *value) {
    char *found = text(name);
    if (found == NULL) return 0;
    *value = (int64_t)strtoll(found, NULL, 10);
    return 1;
}

static char *file(const char *path) {
    FILE *stream = fopen(path, "rb");
    char *content = (char *)calloc(1, 1 << 20);
    if (stream == NULL || content == NULL || fread(content, 1, (1 << 20) - 1, stream) == 0) exit(2);
    fclose(stream);
    return content;
}

/* ---- JSON ---- */

static void string(const char *value) {
    if (value == NULL) {
        printf("null");
        return;
    }
    putchar('"');
    for (; *value != '\0'; value++) {
        unsigned char byte = (unsigned char)*value;
        if (byte == '"' || byte == '\\')
            printf("\\%c", byte);
        else if (byte < 0x20)
            printf("\\u%04x", byte);
        else
            putchar(byte);
    }
    putchar('"');
}

static void text_member(const char *name, const char *value) {
    printf("\"%s\":", name);
    string(value);
    putchar(',');
}

/* A negative number is an absent one. */
static void whole(int64_t value) {
    if (value < 0)
        printf("null");
    else
        printf("%lld", (long long)value);
}

/* Yes, no, or absent. */
static void flag(int32_t value) { printf(value < 0 ? "null" : value ? "true" : "false"); }

#endif
