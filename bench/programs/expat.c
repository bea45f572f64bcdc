/* bench_expat: the floor of every XML reader here: expat with handlers that do nothing.
 *
 *   bench_expat FILE
 */
#include <expat.h>

#include "bench.h"

enum { CHUNK_BYTES = 64 << 10 };

static void on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
    (void)ctx;
    (void)name;
    (void)attributes;
}

static void on_end(void *ctx, const XML_Char *name)
{
    (void)ctx;
    (void)name;
}

static void on_text(void *ctx, const XML_Char *text, int len)
{
    (void)ctx;
    (void)text;
    (void)len;
}

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    XML_Parser parser = XML_ParserCreate(NULL);
    if (file == NULL || parser == NULL) {
        bench_die("bench_expat", "usage: FILE");
    }
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    size_t got = CHUNK_BYTES;
    while (got == CHUNK_BYTES) {
        void *chunk = XML_GetBuffer(parser, CHUNK_BYTES);
        got = chunk == NULL ? 0 : fread(chunk, 1, CHUNK_BYTES, file);
        if (chunk == NULL ||
            XML_ParseBuffer(parser, (int)got, got < CHUNK_BYTES) != XML_STATUS_OK) {
            bench_die("bench_expat", XML_ErrorString(XML_GetErrorCode(parser)));
        }
    }
    XML_ParserFree(parser);
    (void)fclose(file);
    return 0;
}
