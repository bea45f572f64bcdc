/* verify_index FILE: reads an index whole. 0 whole, 1 damaged, 2 cannot tell; one line says so. */
#include <stdio.h>

#include "index/index.h"

int main(int argc, char **argv)
{
    CW_CLEANUP(cw_index_closep) struct cw_index *index = NULL;
    struct cw_error err = {0};
    if (argc != 2) {
        (void)fprintf(stderr, "usage: verify_index FILE\n");
        return 2;
    }
    enum cw_status status = cw_index_open(argv[1], &index, &err);
    if (status == CW_OK) {
        status = cw_index_verify(index, &err);
    }
    if (status != CW_OK) {
        (void)fprintf(stderr, "verify_index: %s\n", err.text);
        return status == CW_STATE ? 1 : 2;
    }
    (void)printf("whole\n");
    return fflush(stdout) == 0 ? 0 : 2;
}
