// Words in memory that processes share, on which they signal and wait: C11 atomics and futexes,
// neither of which Swift can apply to memory that it did not allocate itself.
//
// A word is 32 bits, zero at first, and lies anywhere in memory that all participants map. What was
// stored before csync_store or csync_add is visible to whoever sees the new value by csync_load,
// csync_add or csync_wait.

#ifndef CSYNC_H
#define CSYNC_H

#include <stdint.h>

uint32_t csync_load(const uint32_t *word);
void csync_store(uint32_t *word, uint32_t value);

// Adds and returns the sum, which wraps around.
uint32_t csync_add(uint32_t *word, uint32_t addend);

// Looks up to spin_count times, then sleeps, until the word differs from `seen`, the time is over,
// or for no reason. Whoever calls it looks again.
void csync_wait(const uint32_t *word, uint32_t seen, uint32_t spin_count, uint64_t nanoseconds);

// Wakes everyone who sleeps in csync_wait on the word, in all processes. To be called after the
// word was changed.
void csync_wake_all(uint32_t *word);

#endif
