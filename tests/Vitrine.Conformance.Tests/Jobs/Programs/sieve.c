/* Primes below the argument with threads, memory and arithmetic, as a compiled job would use them. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct part { const char *composite; size_t from, to, count; };

static void *count(void *argument) {
    struct part *part = argument;
    for (size_t i = part->from; i < part->to; i++)
        part->count += i >= 2 && !part->composite[i];
    return NULL;
}

int main(int argc, char **argv) {
    size_t limit = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
    char *composite = calloc(limit, 1);
    if (composite == NULL)
        return 1;
    for (size_t i = 2; i * i < limit; i++)
        if (!composite[i])
            for (size_t j = i * i; j < limit; j += i)
                composite[j] = 1;
    struct part parts[4];
    pthread_t threads[4];
    size_t total = 0;
    for (size_t t = 0; t < 4; t++) {
        parts[t] = (struct part){composite, limit * t / 4, limit * (t + 1) / 4, 0};
        if (pthread_create(&threads[t], NULL, count, &parts[t]) != 0)
            return 2;
    }
    for (size_t t = 0; t < 4; t++) {
        pthread_join(threads[t], NULL);
        total += parts[t].count;
    }
    printf("%zu primes below %zu\n", total, limit);
    free(composite);
    return 0;
}
