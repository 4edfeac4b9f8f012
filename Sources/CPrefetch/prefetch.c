// The header says it all; the package manager wants a file to compile.
#include "CPrefetch.h"
