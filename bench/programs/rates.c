/* bench_rates: the two parts that bound signing and queueing, each alone.
 *
 *   bench_rates sign SECONDS        Ed25519 signatures a second over 1,200 bytes, an alert's size
 *   bench_rates insert FILE COUNT   rows a second into a fresh SQLite file, 100 a transaction,
 *                                   WAL and synchronous=FULL as in our state: an alert row of 3,000
 *                                   bytes and an outbox row each
 */
#include <sodium.h>
#include <sqlite3.h>
#include <string.h>

#include "bench.h"

enum { ALERT_BYTES = 1200, ROW_BYTES = 3000, ROWS_PER_COMMIT = 100 };

static void die(const char *what)
{
    bench_die("bench_rates", what);
}

static double sign_rate(double seconds)
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
    unsigned char signature[crypto_sign_BYTES];
    unsigned char alert[ALERT_BYTES] = {0};
    uint64_t count = 0;
    if (sodium_init() < 0 || crypto_sign_keypair(public_key, secret_key) != 0) {
        die("libsodium does not start");
    }
    const double start = bench_seconds();
    double spent = 0;
    for (; spent < seconds; spent = bench_seconds() - start) {
        for (int i = 0; i < 100; i++, count++) {
            memcpy(alert, &count, sizeof(count));
            (void)crypto_sign_detached(signature, NULL, alert, sizeof(alert), secret_key);
        }
    }
    return (double)count / spent;
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        die(sqlite3_errmsg(db));
    }
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
        die(sqlite3_errmsg(db));
    }
    return statement;
}

static void insert_row(sqlite3 *db, sqlite3_stmt *statement, const char *id, int bytes)
{
    static const char row[ROW_BYTES];
    (void)sqlite3_reset(statement);
    (void)sqlite3_bind_text(statement, 1, id, -1, SQLITE_STATIC);
    (void)sqlite3_bind_blob(statement, 2, row, bytes, SQLITE_STATIC);
    if (sqlite3_step(statement) != SQLITE_DONE) {
        die(sqlite3_errmsg(db));
    }
}

static double insert_rate(const char *path, uint64_t count)
{
    sqlite3 *db = NULL;
    if (sqlite3_open(path, &db) != SQLITE_OK) {
        die("cannot open the database");
    }
    run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE alerts(id TEXT PRIMARY KEY, jws BLOB) WITHOUT ROWID;"
            "CREATE TABLE outbox(alert TEXT, state BLOB)");
    sqlite3_stmt *alert = prepare(db, "INSERT INTO alerts VALUES(?, ?)");
    sqlite3_stmt *queued = prepare(db, "INSERT INTO outbox VALUES(?, ?)");
    const double start = bench_seconds();
    for (uint64_t i = 0; i < count; i++) {
        char id[40];
        (void)snprintf(id, sizeof(id), "%016llx%016llx", (unsigned long long)bench_random(1, i),
                       (unsigned long long)bench_random(2, i));
        if (i % ROWS_PER_COMMIT == 0) {
            run(db, i == 0 ? "BEGIN" : "COMMIT; BEGIN");
        }
        insert_row(db, alert, id, ROW_BYTES);
        insert_row(db, queued, id, 8);
    }
    run(db, "COMMIT");
    const double rate = (double)count / (bench_seconds() - start);
    (void)sqlite3_finalize(alert);
    (void)sqlite3_finalize(queued);
    (void)sqlite3_close(db);
    return rate;
}

int main(int argc, char **argv)
{
    double rate = 0;
    if (argc == 3 && strcmp(argv[1], "sign") == 0) {
        rate = sign_rate(strtod(argv[2], NULL));
    } else if (argc == 4 && strcmp(argv[1], "insert") == 0 && bench_size(argv[3]) > 0) {
        rate = insert_rate(argv[2], bench_size(argv[3]));
    } else {
        die("usage: sign SECONDS | insert FILE COUNT");
    }
    (void)printf("{\"rate\":%.0f}\n", rate);
    return 0;
}
