// What Communication needs of MPI, with a face that Swift can import.
//
// <mpi.h> cannot be imported: its constants are macros that cast addresses, and its types differ
// between implementations. Here a communicator is a pointer to a struct that this module owns,
// sizes are size_t, and every function returns 0 or an MPI error code for cmpi_error_text; errors
// are returned, not fatal, so that the caller can say which operation and step they hit. MPI counts
// are int: whatever is larger is sent in pieces, so no size is refused.
//
// All calls are to be made on the thread that called cmpi_initialize, but for cmpi_transfer.

#ifndef CMPI_H
#define CMPI_H

#include <stddef.h>
#include <stdint.h>

// A group of ranks. The struct holds the MPI_Comm, whose type is the implementation's secret.
typedef struct cmpi_communicator cmpi_communicator;

// ---- Start and end

// Which threads of a process may call MPI: the constants of MPI are macros.
typedef enum {
    // Only processes with one thread can use MPI.
    CMPI_THREADS_ONE,
    // MPI_THREAD_FUNNELED: the thread that called cmpi_initialize alone.
    CMPI_THREADS_FUNNELED,
    // MPI_THREAD_SERIALIZED or more: one thread at a time.
    CMPI_THREADS_SERIALIZED
} cmpi_threads;

// MPI_Init_thread asking for MPI_THREAD_SERIALIZED. *threads tells what is granted. Gives the
// communicator of all ranks.
int cmpi_initialize(cmpi_threads *threads, cmpi_communicator **world);

// Whether MPI was started, and whether it was ended; it cannot be started twice in a process.
int cmpi_was_initialized(int *was_initialized, int *was_finalized);

// MPI_Finalize. Every rank has to call it.
int cmpi_finalize(void);

// MPI_Abort of all ranks; mpirun ends with the exit code. Does not return if MPI can do its work.
int cmpi_abort(cmpi_communicator *communicator, int exit_code);

// The text of an error code, cut to the capacity and always ended by a zero byte.
void cmpi_error_text(int code, char *text, size_t capacity);

// The name of the MPI library with its version, for reports of what a run used.
int cmpi_library_version(char *text, size_t capacity);

// The name of the host as MPI knows it.
int cmpi_processor_name(char *text, size_t capacity);

// ---- Groups

int cmpi_rank(cmpi_communicator *communicator, size_t *rank);
int cmpi_size(cmpi_communicator *communicator, size_t *size);

// The ranks that pass the same colour (at least 0), in the order of their ranks.
int cmpi_split_by_color(cmpi_communicator *communicator, size_t color, cmpi_communicator **part);

// The ranks that can share memory with this one, in the order of their ranks: MPI_COMM_TYPE_SHARED.
int cmpi_split_by_host(cmpi_communicator *communicator, cmpi_communicator **part);

// MPI_Comm_free, in which every rank of the group has to join. The handle is freed as well.
int cmpi_communicator_free(cmpi_communicator *communicator);

// Frees the handle alone and calls nothing of MPI: what a deinitializer may do at any time.
void cmpi_communicator_forget(cmpi_communicator *communicator);

// ---- Collective operations; every rank of the group calls them in the same order

int cmpi_barrier(cmpi_communicator *communicator);

// In place: afterwards `values` holds the result on every rank. One function for each type and
// operation in use, since MPI's names of both are macros. Sent piece_count values at a time:
// messages that fit the caches are several times faster than one large one.
int cmpi_sum_float(
    cmpi_communicator *communicator, float *values, size_t count, size_t piece_count);
int cmpi_sum_double(
    cmpi_communicator *communicator, double *values, size_t count, size_t piece_count);
int cmpi_sum_int64(
    cmpi_communicator *communicator, int64_t *values, size_t count, size_t piece_count);
int cmpi_maximum_int64(
    cmpi_communicator *communicator, int64_t *values, size_t count, size_t piece_count);
int cmpi_minimum_int64(
    cmpi_communicator *communicator, int64_t *values, size_t count, size_t piece_count);
int cmpi_bitwise_or_uint64(
    cmpi_communicator *communicator, uint64_t *values, size_t count, size_t piece_count);

int cmpi_broadcast(cmpi_communicator *communicator, void *bytes, size_t byte_count, size_t root);

// The same number of bytes from every rank, one after the other in `gathered`, on every rank. For
// a few numbers such as the counts below: more than 1 GiB a rank is an error.
int cmpi_all_gather(
    cmpi_communicator *communicator, const void *bytes, size_t byte_count, void *gathered);

// byte_counts[r] bytes from rank r, one after the other in `gathered`. The root alone needs
// `gathered`, but every rank the counts.
int cmpi_gather_variable(
    cmpi_communicator *communicator, const void *bytes, const size_t *byte_counts, void *gathered,
    size_t root);
int cmpi_all_gather_variable(
    cmpi_communicator *communicator, const void *bytes, const size_t *byte_counts, void *gathered);

// ---- Between two ranks; tags are 0 to 32767

int cmpi_send(
    cmpi_communicator *communicator, const void *bytes, size_t byte_count, size_t destination,
    int tag);

// Waits for exactly byte_count bytes; another number is an error.
int cmpi_receive(
    cmpi_communicator *communicator, void *bytes, size_t byte_count, size_t source, int tag);

// Both at once, so that two ranks can swap without one waiting for the other.
int cmpi_send_receive(
    cmpi_communicator *communicator, const void *sent, size_t sent_byte_count, size_t destination,
    void *received, size_t received_byte_count, size_t source, int tag);

// One of several messages that are on their way at the same time.
typedef struct {
    void *bytes;
    // At most 1 GiB.
    size_t byte_count;
    size_t rank;
    int tag;
    // Whether it is sent to the rank, or else received from it.
    int is_sent;
} cmpi_message;

// Sends and receives all messages, and returns when all are done. A patient caller sleeps between
// looks at them, so that the processor is free for others: MPI_Waitall would keep it busy. May be
// called on another thread with CMPI_THREADS_SERIALIZED.
int cmpi_transfer(
    cmpi_communicator *communicator, const cmpi_message *messages, size_t count, int is_patient);

#endif
