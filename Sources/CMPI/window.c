// Memory shared by the ranks of one host.

#include "cmpi_internal.h"

#include <stdlib.h>

int cmpi_window_allocate_shared(
    cmpi_communicator *communicator, size_t byte_count, cmpi_window **window, void **base) {
    *window = NULL;
    *base = NULL;
    cmpi_window *handle = malloc(sizeof *handle);
    if (!handle) return MPI_ERR_NO_MEM;
    // Parts on pages of their own: neighbours do not write into each other's cache lines, and each
    // rank's part is placed in the memory nearest to it.
    MPI_Info info;
    int code = MPI_Info_create(&info);
    if (code == MPI_SUCCESS) {
        code = MPI_Info_set(info, "alloc_shared_noncontig", "true");
        if (code == MPI_SUCCESS) {
            code = MPI_Win_allocate_shared(
                (MPI_Aint)byte_count, 1, info, communicator->comm, base, &handle->window);
        }
        MPI_Info_free(&info);
    }
    if (code == MPI_SUCCESS) code = MPI_Win_set_errhandler(handle->window, MPI_ERRORS_RETURN);
    if (code == MPI_SUCCESS) code = MPI_Win_lock_all(MPI_MODE_NOCHECK, handle->window);
    if (code != MPI_SUCCESS) {
        free(handle);
        return code;
    }
    *window = handle;
    return MPI_SUCCESS;
}

int cmpi_window_query(cmpi_window *window, size_t rank, size_t *byte_count, void **base) {
    MPI_Aint size = 0;
    int displacement_unit = 0;
    CMPI_TRY(MPI_Win_shared_query(window->window, (int)rank, &size, &displacement_unit, base));
    *byte_count = (size_t)size;
    return MPI_SUCCESS;
}

int cmpi_window_synchronize(cmpi_window *window) { return MPI_Win_sync(window->window); }

int cmpi_window_free(cmpi_window *window) {
    int code = MPI_Win_unlock_all(window->window);
    if (code == MPI_SUCCESS) code = MPI_Win_free(&window->window);
    free(window);
    return code;
}
