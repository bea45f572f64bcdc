/* tlog_cases.h: tables of published trees and of tiles. */
#ifndef CW_TESTS_TLOG_CASES_H
#define CW_TESTS_TLOG_CASES_H

#include "tlog_world.h"

/* The eight entries of the Certificate Transparency test suite, and the root after each. */
static const struct {
    const char *entry; /* hex */
    const char *root;
} published_leaves[] = {
    {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
    {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
    {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
    {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
    {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
    {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
    {"606162636465666768696a6b6c6d6e6f",
     "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
};

static const struct {
    struct cw_tlog_tile tile;
    const char *name;
} tile_names[] = {
    {{0, 0, 256}, "tile/0/000"},
    {{0, 0, 12}, "tile/0/000.p/12"},
    {{1, 999, 1}, "tile/1/999.p/1"},
    {{2, 1000, 255}, "tile/2/x001/000.p/255"},
    {{0, 1234067, 256}, "tile/0/x001/x234/067"},
    {{CW_TLOG_ENTRIES, 999999, 256}, "tile/entries/x999/999"},
    {{CW_TLOG_ENTRIES, 1000000, 7}, "tile/entries/x001/x000/000.p/7"},
    {{5, CW_LOG_SIZE_MAX, 255}, "tile/5/x001/x099/x511/x627/776.p/255"},
};

/* The sizes that the specification gives as an example, and the edges of a tile. */
struct tile_width {
    int level;
    uint64_t index;
    uint64_t size;
    unsigned width;
};
static const struct tile_width tile_widths[] = {
    {0, 0, 0, 0},          {0, 0, 1, 1},         {0, 0, 255, 255},
    {0, 0, 256, 256},      {0, 1, 256, 0},       {1, 0, 255, 0},
    {1, 0, 256, 1},        {0, 272, 70000, 256}, {0, 273, 70000, 112},
    {0, 274, 70000, 0},    {1, 0, 70000, 256},   {1, 1, 70000, 17},
    {2, 0, 70000, 1},      {3, 0, 70000, 0},     {63, 0, 70000, 0},
    {-1, 273, 70000, 112}, {-1, 0, 70000, 256},  {5, 0, CW_LOG_SIZE_MAX, 1},
};

#endif
