/*
 * Appends sectors to a plain file and acknowledges each after a sync. With --retry it takes a failed sync for one that
 * can be tried again, which Linux does not promise: the pages are clean afterwards, and may never reach the disk.
 *
 *   sync_writer DIR [--retry]              appends 20 sectors
 *   sync_writer --check DIR ACKNOWLEDGED   checks that so many are there
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECTOR = 512, COUNT = 20 };

static int open_file(const char *folder, int flags) {
    char path[4096];
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    return open(path, flags, 0600);
}

static int check(const char *folder, int acknowledged) {
    unsigned char sector[SECTOR];
    int descriptor = open_file(folder, O_RDONLY);
    for (int i = 1; i <= acknowledged; i++) {
        if (descriptor < 0 || read(descriptor, sector, SECTOR) != SECTOR || sector[0] != i || sector[SECTOR - 1] != i) {
            fprintf(stderr, "sync_writer: sector %d is missing\n", i);
            return 1;
        }
    }
    return 0;
}

int main(int count, char **arguments) {
    if (count == 4 && !strcmp(arguments[1], "--check")) return check(arguments[2], atoi(arguments[3]));
    int retries = count == 3 && !strcmp(arguments[2], "--retry");
    int descriptor = open_file(arguments[1], O_RDWR | O_CREAT);
    for (int i = 1; i <= COUNT; i++) {
        char sector[SECTOR], line[16];
        memset(sector, i, SECTOR);
        if (pwrite(descriptor, sector, SECTOR, (off_t)(i - 1) * SECTOR) != SECTOR) return 3;
        while (fdatasync(descriptor)) {
            if (!retries) return 3;
        }
        int length = snprintf(line, sizeof line, "%d\n", i);
        if (write(STDOUT_FILENO, line, length) != length) return 4;
    }
    return 0;
}
