/* seeds: makes the inputs of fuzz targets that are frames or signatures, by the code that writes
 * them in earnest, so that a changed form cannot leave stale ones behind.
 *
 *   fuzz_seeds FOLDER RECEIPT
 *
 * FOLDER gets one folder for each target; RECEIPT is the body of a receipt, to be sealed. */
#include <unistd.h>

#include "alert/seal.h"
#include "base/file.h"
#include "base/text.h"
#include "crypto/random.h"
#include "crypto/sealed_key.h"
#include "feed/record.h"
#include "http/wire.h"

enum { HEAD_BYTES = 6, STREAM_BYTES_MAX = 8 << 20 };

/* The public test keys of tests/unit/alert_world.h. */
static const char SEED_ALERT[] = "4dedab71b9ae183a77a6547b6e8c86fd17e768c74de5b25f120abc8e6d12273a";
static const int64_t IAT_S = 1795144502;

static void write_seed(const char *folder, const char *target, const char *name,
                       struct cw_span bytes)
{
    struct cw_error err = {0};
    char *place = cw_path_join(folder, target);
    CW_ASSERT(place != NULL);
    char *path = cw_path_join(place, name);
    CW_ASSERT(path != NULL);
    enum cw_status status = cw_dir_make(place, 0755, &err);
    if (status == CW_OK) {
        status = cw_file_write(path, bytes, 0644, &err);
    }
    if (status != CW_OK) {
        (void)fprintf(stderr, "seeds: %s\n", err.text);
    }
    CW_ASSERT(status == CW_OK);
    free(path);
    free(place);
}

/* The target wants the kind as a byte, counted from nothing, and the fields; the stream the frame
 * as it is. */
static void take_frame(const char *folder, const char *target, const char *name,
                       const struct cw_buf *frame, struct cw_buf *stream)
{
    struct cw_buf seed;
    cw_buf_init(&seed, CW_FRAME_BYTES_MAX);
    CW_ASSERT(frame->len >= HEAD_BYTES);
    cw_buf_char(&seed, (char)(frame->data[4] - 1));
    cw_buf_span(&seed, cw_span_slice(cw_buf_as_span(frame), HEAD_BYTES, frame->len));
    CW_ASSERT(cw_buf_status(&seed, NULL) == CW_OK);
    write_seed(folder, target, name, cw_buf_as_span(&seed));
    cw_buf_span(stream, cw_buf_as_span(frame));
    CW_ASSERT(cw_buf_status(stream, NULL) == CW_OK);
    cw_buf_clear(&seed);
}

static void begin_stream(struct cw_buf *stream)
{
    cw_buf_init(stream, STREAM_BYTES_MAX);
    cw_buf_str(stream, "CWF1");
}

static void end_stream(const char *folder, const char *name, struct cw_buf *stream)
{
    write_seed(folder, "frame", name, cw_buf_as_span(stream));
    cw_buf_clear(stream);
}

/* ---- between the parser and main ---- */

static void make_records(const char *folder)
{
    struct cw_buf frame;
    struct cw_buf stream;
    cw_buf_init(&frame, CW_FRAME_BYTES_MAX);
    begin_stream(&stream);
    const struct cw_list_info info = {.published = CW_SPAN("2026-11-20")};
    CW_ASSERT(cw_record_put_info(&frame, &info, NULL) == CW_OK);
    take_frame(folder, "record", "info", &frame, &stream);
    struct cw_entry entry = {
        .position = CW_SPAN("line 1"),
        .value = CW_SPAN("0x098B716B8Aaf21512996dC57EB0615e2383E2f96"),
    };
    CW_ASSERT(cw_record_put_entry(&frame, &entry, NULL) == CW_OK);
    take_frame(folder, "record", "entry-plain", &frame, &stream);
    entry.tag = CW_SPAN("ETH");
    entry.entry_id = CW_SPAN("28263");
    entry.entry_name = CW_SPAN("LAZARUS GROUP");
    entry.listed_on = CW_SPAN("2022-04-14");
    entry.note = CW_SPAN("a remark");
    entry.programs[0] = CW_SPAN("DPRK3");
    entry.programs[1] = CW_SPAN("CYBER2");
    entry.programs_count = 2;
    entry.related[0] = (struct cw_entry_related){CW_SPAN("Owned by"), CW_SPAN("1")};
    entry.related_count = 1;
    CW_ASSERT(cw_record_put_entry(&frame, &entry, NULL) == CW_OK);
    take_frame(folder, "record", "entry-full", &frame, &stream);
    const struct cw_entry unusable = {.position = CW_SPAN("line 3"),
                                      .error = CW_SPAN("no address")};
    CW_ASSERT(cw_record_put_entry(&frame, &unusable, NULL) == CW_OK);
    take_frame(folder, "record", "entry-unusable", &frame, &stream);
    const struct cw_parse_report report = {3, 1, 512, 2048};
    CW_ASSERT(cw_record_put_end(&frame, &report, NULL) == CW_OK);
    take_frame(folder, "record", "end", &frame, &stream);
    end_stream(folder, "record", &stream);

    struct cw_error why = {0};
    begin_stream(&stream);
    CW_ASSERT(cw_error_set(&why, CW_UNTRUSTED, "gzip: cut or damaged") == CW_UNTRUSTED);
    CW_ASSERT(cw_record_put_failed(&frame, &why, NULL) == CW_OK);
    take_frame(folder, "record", "failed", &frame, &stream);
    end_stream(folder, "record-failed", &stream);
    cw_buf_clear(&frame);
}

/* ---- between main and cryptowatch-net ---- */

#define TEXT(literal)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    } /* a constant, which CW_SPAN is not */

static const struct cw_net_request GET = {
    .id = 7,
    .method = CW_NET_GET,
    .url = TEXT("https://lab.example/list.csv"),
    .headers = {TEXT("If-None-Match: \"a\""), TEXT("Accept: text/csv")},
    .headers_count = 2,
    .user_agent = TEXT("cryptowatch/1"),
    .ca_file = TEXT("/etc/ssl/lab.pem"),
    .ca_pem = TEXT("-----BEGIN CERTIFICATE-----\n"),
    .redirect_hosts = {TEXT("cdn.example"), TEXT("[::1]:8443")},
    .redirect_hosts_count = 2,
    .body_slot = 2,
    .bytes_max = 1 << 20,
    .connect_ms = 10000,
    .total_ms = 60000,
};

static const struct cw_net_request POST = {
    .id = 8,
    .method = CW_NET_POST,
    .url = TEXT("https://hook.example/alerts"),
    .headers = {TEXT("Content-Type: application/json")},
    .headers_count = 1,
    .user_agent = TEXT("cryptowatch/1"),
    .body = TEXT("{\"specversion\":\"1.0\"}"),
    .connect_ms = 5000,
    .total_ms = 20000,
};

static const struct cw_net_result GOT = {
    .id = 7,
    .failure = CW_NET_OK,
    .http_status = 200,
    .final_url = TEXT("https://cdn.example/list.csv"),
    .etag = TEXT("\"b\""),
    .last_modified = TEXT("Fri, 20 Nov 2026 02:00:00 GMT"),
    .content_type = TEXT("text/csv"),
    .retry_after = TEXT("120"),
    .headers = TEXT("HTTP/1.1 200 OK\r\nETag: \"b\"\r\n\r\n"),
    .peer_ip = TEXT("192.0.2.1"),
    .answer = TEXT("ok"),
    .body_bytes = 42,
    .has_proven_end = true,
};

static const struct cw_net_result REFUSED = {
    .id = 8,
    .failure = CW_NET_GUARD,
    .reason = TEXT("10.0.0.1 is a private address"),
    .final_url = TEXT("https://hook.example/alerts"),
};

static void make_wire(const char *folder)
{
    struct cw_buf frame;
    struct cw_buf stream;
    cw_buf_init(&frame, CW_FRAME_BYTES_MAX);
    begin_stream(&stream);
    const struct cw_wire_setup setup = {
        .hosts = {CW_SPAN("localhost"), CW_SPAN("[::1]:8443")}, .hosts_count = 2, .slots = 3};
    CW_ASSERT(cw_wire_put_setup(&frame, &setup, NULL) == CW_OK);
    take_frame(folder, "wire", "setup", &frame, &stream);
    CW_ASSERT(cw_wire_put_request(&frame, &GET, NULL) == CW_OK);
    take_frame(folder, "wire", "get", &frame, &stream);
    CW_ASSERT(cw_wire_put_request(&frame, &POST, NULL) == CW_OK);
    take_frame(folder, "wire", "post", &frame, &stream);
    end_stream(folder, "requests", &stream);
    begin_stream(&stream);
    CW_ASSERT(cw_wire_put_result(&frame, &GOT, NULL) == CW_OK);
    take_frame(folder, "wire", "result", &frame, &stream);
    CW_ASSERT(cw_wire_put_result(&frame, &REFUSED, NULL) == CW_OK);
    take_frame(folder, "wire", "refused", &frame, &stream);
    end_stream(folder, "results", &stream);
    cw_buf_clear(&frame);
}

/* ---- a receipt at rest, and the key that signed it ---- */

static struct cw_signing_key *make_key(void)
{
    uint8_t seed[CW_ED25519_SEED_BYTES];
    CW_ASSERT(cw_hex_decode(cw_span_cstr(SEED_ALERT), seed, sizeof(seed)));
    struct cw_signing_key *key = cw_signing_key_new(seed);
    CW_ASSERT(key != NULL);
    return key;
}

static void make_receipt(const char *folder, const char *body_path)
{
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *key = make_key();
    struct cw_buf body;
    struct cw_buf jws;
    cw_buf_init(&body, CW_RECEIPT_BYTES_MAX);
    cw_buf_init(&jws, CW_JWS_BYTES_MAX);
    CW_ASSERT(cw_file_read(body_path, &body, NULL) == CW_OK);
    const struct cw_sealing what = {cw_span_trim(cw_buf_as_span(&body)), IAT_S};
    CW_ASSERT(cw_seal_as(CW_SEAL_RECEIPT, key, &what, &jws, NULL, NULL) == CW_OK);
    write_seed(folder, "jws", "receipt", cw_buf_as_span(&jws));
    write_seed(folder, "countersign", "receipt", cw_buf_as_span(&jws));
    cw_buf_clear(&body);
    cw_buf_clear(&jws);
}

/* The same file in every run. */
static void fill_with_sevens(void *ctx, uint8_t *ret, size_t len)
{
    (void)ctx;
    memset(ret, 7, len);
}

/* The passphrase that the target types, at the lowest cost. */
static void make_sealed_key(const char *folder)
{
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *key = make_key();
    CW_CLEANUP(cw_passphrase_freep) struct cw_passphrase *passphrase = NULL;
    const struct cw_random random = {fill_with_sevens, NULL};
    struct cw_buf file;
    int ends[2];
    CW_ASSERT(pipe(ends) == 0);
    CW_ASSERT(write(ends[1], "passphrase\n", 11) == 11);
    CW_ASSERT(cw_passphrase_read(ends[0], &passphrase, NULL) == CW_OK);
    CW_ASSERT(close(ends[0]) == 0);
    CW_ASSERT(close(ends[1]) == 0);
    const struct cw_key_sealing how = {CW_KEY_ALERT, passphrase, {1, 8192}, &random};
    cw_buf_init(&file, 4096);
    CW_ASSERT(cw_signing_key_seal(key, &how, &file, NULL) == CW_OK);
    write_seed(folder, "sealed_key", "sealed", cw_buf_as_span(&file));
    cw_buf_clear(&file);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        (void)fprintf(stderr, "usage: fuzz_seeds FOLDER RECEIPT\n");
        return 64;
    }
    make_records(argv[1]);
    make_wire(argv[1]);
    make_receipt(argv[1], argv[2]);
    make_sealed_key(argv[1]);
    return 0;
}
