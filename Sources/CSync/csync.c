#define _GNU_SOURCE

#include "csync.h"

#include <limits.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

uint32_t csync_load(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }

void csync_store(uint32_t *word, uint32_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

uint32_t csync_add(uint32_t *word, uint32_t addend) {
    return __atomic_add_fetch(word, addend, __ATOMIC_ACQ_REL);
}

static void pause_briefly(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

void csync_wait(const uint32_t *word, uint32_t seen, uint32_t spin_count, uint64_t nanoseconds) {
    for (uint32_t turn = 0; turn < spin_count; turn++) {
        if (csync_load(word) != seen) return;
        pause_briefly();
    }
    const struct timespec timeout = {
        .tv_sec = (time_t)(nanoseconds / 1000000000), .tv_nsec = (long)(nanoseconds % 1000000000)};
    // Not FUTEX_PRIVATE: the sleepers are in several processes.
    syscall(SYS_futex, word, FUTEX_WAIT, seen, &timeout, NULL, 0);
}

void csync_wake_all(uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}
