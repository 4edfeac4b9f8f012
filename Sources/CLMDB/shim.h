#include <lmdb.h>
// statfs, which tells network file systems apart, and which Swift's Glibc module leaves out.
#include <sys/vfs.h>
