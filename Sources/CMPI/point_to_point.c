// Messages between two ranks.

#include "cmpi_internal.h"

static size_t piece_at(size_t done, size_t byte_count) {
    size_t rest = done < byte_count ? byte_count - done : 0;
    return rest < CMPI_LARGEST_PIECE ? rest : CMPI_LARGEST_PIECE;
}

int cmpi_send(
    cmpi_communicator *communicator, const void *bytes, size_t byte_count, size_t destination,
    int tag) {
    size_t done = 0;
    // At least one message, though it be empty: the receiver waits for one.
    do {
        size_t piece = piece_at(done, byte_count);
        CMPI_TRY(MPI_Send(
            (const char *)bytes + done, (int)piece, MPI_BYTE, (int)destination, tag,
            communicator->comm));
        done += piece;
    } while (done < byte_count);
    return MPI_SUCCESS;
}

static int check_length(const MPI_Status *status, size_t expected) {
    int received = 0;
    CMPI_TRY(MPI_Get_count(status, MPI_BYTE, &received));
    return (size_t)received == expected ? MPI_SUCCESS : MPI_ERR_TRUNCATE;
}

int cmpi_receive(
    cmpi_communicator *communicator, void *bytes, size_t byte_count, size_t source, int tag) {
    size_t done = 0;
    do {
        size_t piece = piece_at(done, byte_count);
        MPI_Status status;
        CMPI_TRY(MPI_Recv(
            (char *)bytes + done, (int)piece, MPI_BYTE, (int)source, tag, communicator->comm,
            &status));
        CMPI_TRY(check_length(&status, piece));
        done += piece;
    } while (done < byte_count);
    return MPI_SUCCESS;
}

int cmpi_send_receive(
    cmpi_communicator *communicator, const void *sent, size_t sent_byte_count, size_t destination,
    void *received, size_t received_byte_count, size_t source, int tag) {
    size_t sent_done = 0;
    size_t received_done = 0;
    int is_first = 1;
    // Whoever has nothing left in one direction takes part in the other with MPI_PROC_NULL.
    while (is_first || sent_done < sent_byte_count || received_done < received_byte_count) {
        size_t sent_piece = piece_at(sent_done, sent_byte_count);
        size_t received_piece = piece_at(received_done, received_byte_count);
        int sends = is_first || sent_piece > 0;
        int receives = is_first || received_piece > 0;
        MPI_Status status;
        CMPI_TRY(MPI_Sendrecv(
            (const char *)sent + sent_done, (int)sent_piece, MPI_BYTE,
            sends ? (int)destination : MPI_PROC_NULL, tag, (char *)received + received_done,
            (int)received_piece, MPI_BYTE, receives ? (int)source : MPI_PROC_NULL, tag,
            communicator->comm, &status));
        if (receives) CMPI_TRY(check_length(&status, received_piece));
        sent_done += sent_piece;
        received_done += received_piece;
        is_first = 0;
    }
    return MPI_SUCCESS;
}
