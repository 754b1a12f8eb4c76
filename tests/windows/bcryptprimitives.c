/* A stand-in for a DLL that wine 8 lacks and Rust's standard library imports. For tests under wine only; it is never shipped. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(unsigned char *buffer, size_t length) {
    return RtlGenRandom(buffer, (ULONG)length);
}
