// Operations of all ranks of a group.

#include "cmpi_internal.h"

#include <stdlib.h>
#include <string.h>

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static int reduce(
    cmpi_communicator *communicator, void *values, size_t count, size_t piece_count,
    size_t element_size, MPI_Datatype type, MPI_Op operation) {
    if (piece_count == 0 || piece_count > CMPI_LARGEST_PIECE) piece_count = CMPI_LARGEST_PIECE;
    for (size_t done = 0; done < count; done += piece_count) {
        CMPI_TRY(MPI_Allreduce(
            MPI_IN_PLACE, (char *)values + done * element_size,
            (int)smaller(piece_count, count - done), type, operation, communicator->comm));
    }
    return MPI_SUCCESS;
}

int cmpi_barrier(cmpi_communicator *communicator) { return MPI_Barrier(communicator->comm); }

int cmpi_sum_float(
    cmpi_communicator *communicator, float *values, size_t count, size_t piece_count) {
    return reduce(communicator, values, count, piece_count, sizeof *values, MPI_FLOAT, MPI_SUM);
}

int cmpi_sum_double(
    cmpi_communicator *communicator, double *values, size_t count, size_t piece_count) {
    return reduce(communicator, values, count, piece_count, sizeof *values, MPI_DOUBLE, MPI_SUM);
}

int cmpi_sum_int64(
    cmpi_communicator *communicator, int64_t *values, size_t count, size_t piece_count) {
    return reduce(communicator, values, count, piece_count, sizeof *values, MPI_INT64_T, MPI_SUM);
}

int cmpi_maximum_int64(
    cmpi_communicator *communicator, int64_t *values, size_t count, size_t piece_count) {
    return reduce(communicator, values, count, piece_count, sizeof *values, MPI_INT64_T, MPI_MAX);
}

int cmpi_minimum_int64(
    cmpi_communicator *communicator, int64_t *values, size_t count, size_t piece_count) {
    return reduce(communicator, values, count, piece_count, sizeof *values, MPI_INT64_T, MPI_MIN);
}

int cmpi_bitwise_or_uint64(
    cmpi_communicator *communicator, uint64_t *values, size_t count, size_t piece_count) {
    return reduce(communicator, values, count, piece_count, sizeof *values, MPI_UINT64_T, MPI_BOR);
}

int cmpi_broadcast(cmpi_communicator *communicator, void *bytes, size_t byte_count, size_t root) {
    for (size_t done = 0; done < byte_count; done += CMPI_LARGEST_PIECE) {
        CMPI_TRY(MPI_Bcast(
            (char *)bytes + done, (int)smaller(CMPI_LARGEST_PIECE, byte_count - done), MPI_BYTE,
            (int)root, communicator->comm));
    }
    return MPI_SUCCESS;
}

// MPI_Allgatherv takes counts and offsets as int; this is for what does not fit them: each rank
// broadcasts its own part.
static int all_gather_by_broadcast(
    cmpi_communicator *communicator, const void *bytes, size_t rank, size_t size,
    const size_t *byte_counts, void *gathered) {
    char *part = gathered;
    for (size_t source = 0; source < size; source++) {
        if (source == rank) memmove(part, bytes, byte_counts[source]);
        CMPI_TRY(cmpi_broadcast(communicator, part, byte_counts[source], source));
        part += byte_counts[source];
    }
    return MPI_SUCCESS;
}

// The same for MPI_Gatherv: the root receives from one rank after the other.
static int gather_by_messages(
    cmpi_communicator *communicator, const void *bytes, size_t rank, size_t size,
    const size_t *byte_counts, void *gathered, size_t root) {
    if (rank != root) return cmpi_send(communicator, bytes, byte_counts[rank], root, 0);
    char *part = gathered;
    for (size_t source = 0; source < size; source++) {
        if (source == rank) {
            memmove(part, bytes, byte_counts[source]);
        } else {
            CMPI_TRY(cmpi_receive(communicator, part, byte_counts[source], source, 0));
        }
        part += byte_counts[source];
    }
    return MPI_SUCCESS;
}

static size_t total_of(const size_t *byte_counts, size_t size) {
    size_t total = 0;
    for (size_t rank = 0; rank < size; rank++) total += byte_counts[rank];
    return total;
}

// Counts, then offsets, as int, in one allocation; NULL if there is no memory.
static int *counts_and_offsets(const size_t *byte_counts, size_t size) {
    int *numbers = malloc(2 * size * sizeof *numbers);
    if (!numbers) return NULL;
    int offset = 0;
    for (size_t rank = 0; rank < size; rank++) {
        numbers[rank] = (int)byte_counts[rank];
        numbers[size + rank] = offset;
        offset += numbers[rank];
    }
    return numbers;
}

int cmpi_all_gather(
    cmpi_communicator *communicator, const void *bytes, size_t byte_count, void *gathered) {
    if (byte_count > CMPI_LARGEST_PIECE) return MPI_ERR_COUNT;
    return MPI_Allgather(
        bytes, (int)byte_count, MPI_BYTE, gathered, (int)byte_count, MPI_BYTE, communicator->comm);
}

int cmpi_gather_variable(
    cmpi_communicator *communicator, const void *bytes, const size_t *byte_counts, void *gathered,
    size_t root) {
    size_t rank, size;
    CMPI_TRY(cmpi_rank(communicator, &rank));
    CMPI_TRY(cmpi_size(communicator, &size));
    if (total_of(byte_counts, size) > CMPI_LARGEST_PIECE) {
        return gather_by_messages(
            communicator, bytes, rank, size, byte_counts, gathered, root);
    }
    int *numbers = counts_and_offsets(byte_counts, size);
    if (!numbers) return MPI_ERR_NO_MEM;
    int code = MPI_Gatherv(
        bytes, numbers[rank], MPI_BYTE, gathered, numbers, numbers + size, MPI_BYTE, (int)root,
        communicator->comm);
    free(numbers);
    return code;
}

int cmpi_all_gather_variable(
    cmpi_communicator *communicator, const void *bytes, const size_t *byte_counts, void *gathered) {
    size_t rank, size;
    CMPI_TRY(cmpi_rank(communicator, &rank));
    CMPI_TRY(cmpi_size(communicator, &size));
    if (total_of(byte_counts, size) > CMPI_LARGEST_PIECE) {
        return all_gather_by_broadcast(communicator, bytes, rank, size, byte_counts, gathered);
    }
    int *numbers = counts_and_offsets(byte_counts, size);
    if (!numbers) return MPI_ERR_NO_MEM;
    int code = MPI_Allgatherv(
        bytes, numbers[rank], MPI_BYTE, gathered, numbers, numbers + size, MPI_BYTE,
        communicator->comm);
    free(numbers);
    return code;
}
