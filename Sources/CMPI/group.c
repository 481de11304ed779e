// Start, end and groups of ranks.

#include "cmpi_internal.h"

#include <stdlib.h>
#include <string.h>

static int adopt(MPI_Comm comm, cmpi_communicator **communicator) {
    *communicator = NULL;
    CMPI_TRY(MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN));
    cmpi_communicator *handle = malloc(sizeof *handle);
    if (!handle) return MPI_ERR_NO_MEM;
    handle->comm = comm;
    *communicator = handle;
    return MPI_SUCCESS;
}

static void copy_text(const char *source, char *text, size_t capacity) {
    if (capacity == 0) return;
    size_t length = strlen(source);
    if (length > capacity - 1) length = capacity - 1;
    memcpy(text, source, length);
    text[length] = 0;
}

int cmpi_initialize(cmpi_threads *threads, cmpi_communicator **world) {
    int level = MPI_THREAD_SINGLE;
    *world = NULL;
    CMPI_TRY(MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &level));
    *threads = level >= MPI_THREAD_SERIALIZED ? CMPI_THREADS_SERIALIZED
        : level >= MPI_THREAD_FUNNELED        ? CMPI_THREADS_FUNNELED
                                              : CMPI_THREADS_ONE;
    // Some calls have no communicator; their errors go to that of MPI_COMM_SELF or _WORLD.
    CMPI_TRY(MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN));
    return adopt(MPI_COMM_WORLD, world);
}

int cmpi_was_initialized(int *was_initialized, int *was_finalized) {
    CMPI_TRY(MPI_Initialized(was_initialized));
    return MPI_Finalized(was_finalized);
}

int cmpi_finalize(void) { return MPI_Finalize(); }

int cmpi_abort(cmpi_communicator *communicator, int exit_code) {
    return MPI_Abort(communicator->comm, exit_code);
}

void cmpi_error_text(int code, char *text, size_t capacity) {
    char buffer[MPI_MAX_ERROR_STRING] = "unknown error";
    int length = 0;
    if (MPI_Error_string(code, buffer, &length) != MPI_SUCCESS) {
        strcpy(buffer, "unknown error");
    }
    copy_text(buffer, text, capacity);
}

int cmpi_library_version(char *text, size_t capacity) {
    char buffer[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    int length = 0;
    CMPI_TRY(MPI_Get_library_version(buffer, &length));
    copy_text(buffer, text, capacity);
    return MPI_SUCCESS;
}

int cmpi_processor_name(char *text, size_t capacity) {
    char buffer[MPI_MAX_PROCESSOR_NAME] = "";
    int length = 0;
    CMPI_TRY(MPI_Get_processor_name(buffer, &length));
    copy_text(buffer, text, capacity);
    return MPI_SUCCESS;
}

int cmpi_rank(cmpi_communicator *communicator, size_t *rank) {
    int value = 0;
    CMPI_TRY(MPI_Comm_rank(communicator->comm, &value));
    *rank = (size_t)value;
    return MPI_SUCCESS;
}

int cmpi_size(cmpi_communicator *communicator, size_t *size) {
    int value = 0;
    CMPI_TRY(MPI_Comm_size(communicator->comm, &value));
    *size = (size_t)value;
    return MPI_SUCCESS;
}

int cmpi_split_by_color(cmpi_communicator *communicator, size_t color, cmpi_communicator **part) {
    MPI_Comm comm;
    if (color > INT32_MAX) return MPI_ERR_ARG;
    CMPI_TRY(MPI_Comm_split(communicator->comm, (int)color, 0, &comm));
    return adopt(comm, part);
}

int cmpi_split_by_host(cmpi_communicator *communicator, cmpi_communicator **part) {
    MPI_Comm comm;
    CMPI_TRY(MPI_Comm_split_type(
        communicator->comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &comm));
    return adopt(comm, part);
}

int cmpi_communicator_free(cmpi_communicator *communicator) {
    int code = MPI_Comm_free(&communicator->comm);
    free(communicator);
    return code;
}

void cmpi_communicator_forget(cmpi_communicator *communicator) { free(communicator); }
