// Several messages at the same time.

#define _POSIX_C_SOURCE 200809L

#include "cmpi_internal.h"

#include <stdlib.h>
#include <time.h>

// A look costs some microseconds, a sleep that long gives a 1 Gbit/s link 12 KiB to do.
#define SLEEP_NANOSECONDS 100000

static int start(
    cmpi_communicator *communicator, const cmpi_message *message, MPI_Request *request) {
    if (message->byte_count > CMPI_LARGEST_PIECE) return MPI_ERR_COUNT;
    if (message->is_sent) {
        return MPI_Isend(
            message->bytes, (int)message->byte_count, MPI_BYTE, (int)message->rank, message->tag,
            communicator->comm, request);
    }
    return MPI_Irecv(
        message->bytes, (int)message->byte_count, MPI_BYTE, (int)message->rank, message->tag,
        communicator->comm, request);
}

static int wait_patiently(MPI_Request *requests, size_t count) {
    const struct timespec pause = {.tv_sec = 0, .tv_nsec = SLEEP_NANOSECONDS};
    for (;;) {
        int is_done = 0;
        CMPI_TRY(MPI_Testall((int)count, requests, &is_done, MPI_STATUSES_IGNORE));
        if (is_done) return MPI_SUCCESS;
        nanosleep(&pause, NULL);
    }
}

int cmpi_transfer(
    cmpi_communicator *communicator, const cmpi_message *messages, size_t count, int is_patient) {
    MPI_Request few[64];
    MPI_Request *requests = few;
    if (count > sizeof few / sizeof *few) {
        requests = malloc(count * sizeof *requests);
        if (!requests) return MPI_ERR_NO_MEM;
    }
    int code = MPI_SUCCESS;
    size_t started = 0;
    while (started < count && code == MPI_SUCCESS) {
        code = start(communicator, &messages[started], &requests[started]);
        if (code == MPI_SUCCESS) started++;
    }
    if (code == MPI_SUCCESS) {
        code = is_patient ? wait_patiently(requests, count)
                          : MPI_Waitall((int)count, requests, MPI_STATUSES_IGNORE);
    }
    if (requests != few) free(requests);
    return code;
}
