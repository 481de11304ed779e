#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

/// How often the calling thread has asked the C library for memory. This library stands in front of
/// malloc and its relatives, so the allocations of Swift, OpenBLAS and MPI count as well.
long allocation_counter_thread_count(void);

/// Whether it counts: not under a sanitizer.
int allocation_counter_counts(void);

#endif
