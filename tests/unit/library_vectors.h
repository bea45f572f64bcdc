/* library_vectors.h: public test vectors of the library test, made with published test keys. */
#ifndef CW_TESTS_LIBRARY_VECTORS_H
#define CW_TESTS_LIBRARY_VECTORS_H

/* Ed25519 keys: the seeds are public and in no use. */
#define ALERT_SEED "4dedab71b9ae183a77a6547b6e8c86fd17e768c74de5b25f120abc8e6d12273a"
#define OTHER_SEED "2ca3da3a05727e1f05b9c0ea7667821c8457020b300d1d98af9b30e7faa35da5"
#define ALERT_KEY  "ciJ8xCePrKuX6cIV1eV8pmyObwsPBwmWDfpenmxZRTg"
#define ALERT_KID  "KuDs8Z1JEjUdXW8T0PqYioJJ3u1W_kEAEg8qRmE-vao"
#define OTHER_KID  "s-Xrsk41cj_HrouNBF26N32x5Tsqd64_fVVkbx55TnM"

/* The cryptowatch-jws header of example alert 001: protected..signature. */
#define JWS_PROTECTED                                                                              \
    "eyJhbGciOiJFZDI1NTE5IiwiY3R5IjoiY2xvdWRldmVudHMranNvbiIsImN3X3B1cnBvc2UiOiJpc3N1ZSIsImlhdCI6" \
    "MTc5NTE0NDUwMiwia2lkIjoiS3VEczhaMUpFalVkWFc4VDBQcVlpb0pKM3UxV19rRUFFZzhxUm1FLXZhbyIsInR5cCI6" \
    "ImNyeXB0b3dhdGNoLWFsZXJ0K2p3cyJ9"
#define JWS_SIGNATURE                                                                              \
    "T9rYqcl6WqVkY7FZUUJDhgttU0kXFE48iG44awd7kx_rkKJ8QkpLyE4nOFgkf59h74YvqW-GoKjABfCaVXRpBw"
enum { JWS_IAT_S = 1795144502 };

/* The delivery of the same alert by Standard Webhooks. */
#define WEBHOOK_KEY       "l8lLz37A48aQaroK2QTvsGZr02Ikm1JxualCPI_yVTc"
#define WEBHOOK_ID        "8e10387d-6711-5268-a605-4c3ccd6f59d5"
#define WEBHOOK_TIMESTAMP "1795144503"
#define WEBHOOK_V1A                                                                                \
    "v1a,aoK93XBHvUr1CWLSth3mBA2471vXWB0cJdyHRecdjCt6c49pcXG9Gd2+hLXFujUFf+EL6x59k2tutWAXkniODQ=="
#define WEBHOOK_V1A_OLD                                                                            \
    "v1a,RMnVDBqDiqxdT3brq9Q8/8BIDsQSx2IEb74mDpojcy8bhXuQdOGDQxF9pwKxlDN5vhG5kk3ZkuDUSPZABIoHCg=="
#define WEBHOOK_V1 "v1,ZsU7/0bf1OjTWA5inxwg7N5JWieIxrogeNlTkdTofto="

#endif
