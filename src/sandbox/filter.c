#include "sandbox/filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE 0 /* no table of calls was tried there */
#endif

enum { INSTRUCTIONS_MAX = 1024 };

/* x32 calls have the architecture of x86-64 and this bit in their number. */
static const uint32_t FOREIGN_NUMBER = 0x40000000u;
/* A tracer takes a call away by giving it this number; the kernel then does nothing. */
static const uint32_t NO_CALL = UINT32_MAX;

struct program {
    struct sock_filter items[INSTRUCTIONS_MAX];
    unsigned short count;
};

static void emit(struct program *program, struct sock_filter instruction)
{
    CW_ASSERT(program->count < INSTRUCTIONS_MAX);
    program->items[program->count++] = instruction;
}

static void emit_load(struct program *program, size_t offset)
{
    const struct sock_filter load = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
    emit(program, load);
}

static void emit_answer(struct program *program, uint32_t answer)
{
    const struct sock_filter end = BPF_STMT(BPF_RET | BPF_K, answer);
    emit(program, end);
}

/* Skips so many instructions unless the value loaded is `value`. */
static void emit_unless(struct program *program, uint32_t value, unsigned char skip)
{
    const struct sock_filter jump = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip);
    emit(program, jump);
}

static void emit_head(struct program *program)
{
    const struct sock_filter below = BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FOREIGN_NUMBER, 0, 1);
    emit_load(program, offsetof(struct seccomp_data, arch));
    emit_unless(program, ARCHITECTURE, 1);
    const struct sock_filter over = BPF_STMT(BPF_JMP | BPF_JA, 1);
    emit(program, over);
    emit_answer(program, SECCOMP_RET_KILL_PROCESS);
    emit_load(program, offsetof(struct seccomp_data, nr));
    emit_unless(program, NO_CALL, 1);
    emit_answer(program, SECCOMP_RET_ALLOW);
    emit(program, below);
    emit_answer(program, SECCOMP_RET_KILL_PROCESS);
}

static size_t count_whens(const struct cw_call_row *row)
{
    size_t count = 0;
    while (count < CW_CALL_WHENS && row->when[count].mask != 0) {
        count++;
    }
    return count;
}

/* Skips so many instructions unless the condition holds. */
static void emit_when(struct program *program, const struct cw_call_when *when, unsigned char skip)
{
    const size_t low = offsetof(struct seccomp_data, args) + (size_t)when->argument * 8;
    const struct sock_filter masked = BPF_STMT(BPF_ALU | BPF_AND | BPF_K, when->mask);
    emit_load(program, low);
    emit(program, masked);
    emit_unless(program, when->is_own_pid ? (uint32_t)getpid() : when->value, skip);
}

static void emit_row(struct program *program, const struct cw_call_row *row)
{
    enum { WHEN_INSTRUCTIONS = 3, ANSWER = 1, LOAD = 1 };
    const uint32_t answer =
        row->error == 0 ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | (uint32_t)row->error;
    size_t left = count_whens(row) * WHEN_INSTRUCTIONS;
    const size_t reload = left > 0 ? LOAD : 0;
    emit_unless(program, (uint32_t)row->number, (unsigned char)(left + ANSWER + reload));
    for (size_t i = 0; left > 0; i++) {
        left -= WHEN_INSTRUCTIONS;
        emit_when(program, &row->when[i], (unsigned char)(left + ANSWER));
    }
    emit_answer(program, answer);
    if (reload > 0) {
        emit_load(program, offsetof(struct seccomp_data, nr)); /* for the rows that follow */
    }
}

static void emit_table(struct program *program, struct cw_call_table table)
{
    for (size_t i = 0; i < table.count; i++) {
        emit_row(program, &table.rows[i]);
    }
}

enum cw_status cw_filter_install(enum cw_sandbox_role role, struct cw_error *err)
{
    struct program program = {.count = 0};
    emit_head(&program);
    emit_table(&program, cw_calls_of(role));
    emit_table(&program, cw_calls_of_build());
    emit_answer(&program, SECCOMP_RET_KILL_PROCESS);
    const struct sock_fprog code = {.len = program.count, .filter = program.items};
    if (ARCHITECTURE == 0 || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &code) != 0) {
        return cw_error_set(err, CW_DENIED,
                            "its sandbox cannot be put up: the kernel filters no system calls "
                            "(seccomp: errno %d); mend that, or run with %s",
                            ARCHITECTURE == 0 ? ENOSYS : errno, CW_SANDBOX_OFF);
    }
    return CW_OK;
}
