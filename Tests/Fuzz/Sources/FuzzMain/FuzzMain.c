// The package manager calls NAME_main for each program, where libFuzzer would bring a main of its own.
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*fuzz)(const uint8_t *bytes, size_t count));
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

#define ENTRY(name) \
    int name##_main(int argc, char **argv) { return LLVMFuzzerRunDriver(&argc, &argv, LLVMFuzzerTestOneInput); }

ENTRY(FuzzRecord)
ENTRY(FuzzVersion)
ENTRY(FuzzCode)
ENTRY(FuzzProof)
ENTRY(FuzzLine)
ENTRY(FuzzPrompt)
ENTRY(FuzzJournal)
