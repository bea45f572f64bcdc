/* fetch_time_cases.h: the time of a run is over while its lists are read, for test_fetch.c. */
#ifndef CW_TESTS_FETCH_TIME_CASES_H
#define CW_TESTS_FETCH_TIME_CASES_H

#include "fetch_world.h"

static void reads_no_more_files_when_the_time_is_over(void)
{
    struct world world;
    world_start(&world, NULL, 0);
    world.is_ticking = true; /* three looks before the first file is read, one before each */
    world.window_ms = 4500;
    (void)world_add_file(&world, "a.txt", "a");
    (void)world_add_file(&world, "b.txt", "b");
    (void)world_add_file(&world, "c.txt", "c");
    world_run(&world);
    CU_ASSERT(world.results[0].outcome == CW_FETCH_NEW);
    CU_ASSERT(strcmp(world.results[1].error_code, "timeout") == 0);
    CU_ASSERT(strcmp(world.results[2].error_code, "timeout") == 0);
    CU_ASSERT(count_files(&world, "") == 2);
    world_stop(&world);
}

#endif
