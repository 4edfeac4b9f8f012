#ifndef PAGE_AUDIT_H
#define PAGE_AUDIT_H

/* Ends the process with status 1 and a message when the pages of an LMDB data file contradict each other. */
void audit_pages(const char *path);

#endif
