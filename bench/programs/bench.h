/* bench.h: what the programs of bench/ share: a clock, a reproducible stream of numbers and the end
 * of a program that cannot go on.
 *
 * Knows nothing of cryptowatch. Every measured program prints one JSON object or plain text and is
 * started by bench/run, which does the arithmetic and the words.
 */
#ifndef CW_BENCH_BENCH_H
#define CW_BENCH_BENCH_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/** splitmix64 (Steele, Lea, Flood 2014): the n-th number of a seed without the ones before it. */
static inline uint64_t bench_random(uint64_t seed, uint64_t n)
{
    uint64_t z = seed * 0xd1342543de82ef95u + (n + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static inline double bench_seconds(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) {
        abort();
    }
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/** A size of the command line: "1000000", "10M", "1.07G" (powers of ten). 0 when it is none. */
static inline uint64_t bench_size(const char *text)
{
    char *end = NULL;
    const double value = strtod(text, &end);
    const double unit = *end == 'k' ? 1e3 : *end == 'M' ? 1e6 : *end == 'G' ? 1e9 : 1;
    return value > 0 && value < 1e6 * 1e9 ? (uint64_t)(value * unit + 0.5) : 0;
}

/** Says what is wrong and ends the program. */
static inline void bench_die(const char *program, const char *what)
{
    (void)fprintf(stderr, "%s: %s\n", program, what);
    exit(1);
}

#endif
