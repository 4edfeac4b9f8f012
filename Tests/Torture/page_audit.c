/*
 * Walks the pages of an LMDB 0.9 data file by plain reads: every page that the newest meta page speaks of is in use
 * once or free once, and says of itself what its parent says. A verifier needs this besides reading all data, because
 * a damaged free list or meta page gives right answers until the next write. README.md says more.
 */
#include "page_audit.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, HEADER = 16, NODE = 8, META_BYTES = 136 };
enum { P_BRANCH = 0x01, P_LEAF = 0x02, P_OVERFLOW = 0x04, P_META = 0x08 };
enum { F_BIGDATA = 0x01, F_SUBDATA = 0x02 };
enum { INTEGER_KEY = 0x08, MAXIMUM_DEPTH = 32 };
static const uint64_t NO_PAGE = UINT64_MAX;

/* MDB_db */
struct tree { uint32_t pad; uint16_t flags, depth; uint64_t branches, leaves, overflows, entries, root; };
/* MDB_meta */
struct meta {
    uint32_t magic, version;
    uint64_t address, map_bytes;
    struct tree free, main;
    uint64_t last_page, transaction;
};
/* MDB_page's header and MDB_node's */
struct page { uint64_t number; uint16_t pad, flags, lower, upper; };
struct node { uint16_t low, high, flags, key_bytes; };
_Static_assert(sizeof(struct tree) == 48 && sizeof(struct meta) == META_BYTES && sizeof(struct page) == HEADER, "");

static unsigned char *bytes;
static uint64_t page_count;
static unsigned char *is_used;
static struct meta meta;
static struct tree counted;

static void require(int holds, const char *format, ...) {
    if (holds) return;
    va_list arguments;
    va_start(arguments, format);
    fputs("page audit: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\n", stderr);
    exit(1);
}

static struct page *page_at(uint64_t number) { return (struct page *)(bytes + number * PAGE); }

static void use(uint64_t number) {
    require(number >= 2 && number <= meta.last_page, "page %llu is out of range", (unsigned long long)number);
    require(!is_used[number], "page %llu is in use, or free, twice", (unsigned long long)number);
    is_used[number] = 1;
}

/* A page in use: within the file, and knowing its number. */
static struct page *open_page(uint64_t number) {
    use(number);
    require(number < page_count, "page %llu is beyond the end of the file", (unsigned long long)number);
    struct page *page = page_at(number);
    require(page->number == number, "page %llu does not know its number", (unsigned long long)number);
    return page;
}

static void walk_tree(const struct tree *tree, void (*leaf)(struct node *, unsigned char *));

static uint32_t data_bytes(const struct node *node) { return node->low | (uint32_t)node->high << 16; }

static uint64_t load(const void *place) {
    uint64_t value;
    memcpy(&value, place, 8);
    return value;
}

static void use_overflow(uint64_t number, uint32_t length) {
    struct page *page = open_page(number);
    uint64_t count = ((uint64_t)HEADER + length + PAGE - 1) / PAGE;
    uint32_t stated;
    memcpy(&stated, &page->lower, 4);
    require(page->flags == P_OVERFLOW && stated == count, "overflow page %llu is damaged", (unsigned long long)number);
    for (uint64_t i = 1; i < count; i++) use(number + i);
    require(number + count <= page_count, "overflow page %llu is cut off", (unsigned long long)number);
    counted.overflows += count;
}

/* The node at an index, all of it within its page; `used` grows by its size. */
static struct node *node_at(struct page *page, unsigned index, unsigned *used) {
    uint16_t offset = ((uint16_t *)(page + 1))[index];
    require(offset >= page->upper && offset + NODE <= PAGE && offset % 2 == 0, "node %u of page %llu is misplaced",
            index, (unsigned long long)page->number);
    struct node *node = (struct node *)((unsigned char *)page + offset);
    uint64_t size = NODE + node->key_bytes;
    if (page->flags == P_LEAF) size += node->flags & F_BIGDATA ? 8 : data_bytes(node);
    size += size % 2;
    require(offset + size <= PAGE, "node %u of page %llu is too long", index, (unsigned long long)page->number);
    *used += size;
    return node;
}

static void walk_leaf_node(struct node *node, void (*leaf)(struct node *, unsigned char *)) {
    unsigned char *data = (unsigned char *)(node + 1) + node->key_bytes;
    require((node->flags & ~(F_BIGDATA | F_SUBDATA)) == 0, "a node has unknown flags");
    counted.entries++;
    if (node->flags & F_BIGDATA) {
        uint64_t number = load(data);
        use_overflow(number, data_bytes(node));
        data = bytes + number * PAGE + HEADER;
    }
    if (leaf) leaf(node, data);
}

static void walk_page(uint64_t number, unsigned level, unsigned depth, void (*leaf)(struct node *, unsigned char *)) {
    struct page *page = open_page(number);
    unsigned used = 0, count = (page->lower - HEADER) / 2;
    require(page->flags == (level == depth ? P_LEAF : P_BRANCH), "page %llu is of another kind",
            (unsigned long long)number);
    require(page->lower >= HEADER && page->lower % 2 == 0 && page->lower <= page->upper && page->upper <= PAGE && count,
            "page %llu has a damaged header", (unsigned long long)number);
    if (level == depth) counted.leaves++;
    else counted.branches++;
    for (unsigned i = 0; i < count; i++) {
        struct node *node = node_at(page, i, &used);
        if (level == depth) walk_leaf_node(node, leaf);
        else walk_page(data_bytes(node) | (uint64_t)node->flags << 32, level + 1, depth, leaf);
    }
    require(used == (unsigned)PAGE - page->upper, "the nodes of page %llu overlap", (unsigned long long)number);
}

static void walk_tree(const struct tree *tree, void (*leaf)(struct node *, unsigned char *)) {
    struct tree outer = counted;
    counted = (struct tree){0};
    require(tree->depth <= MAXIMUM_DEPTH && (tree->root == NO_PAGE) == (tree->depth == 0), "a tree's depth is damaged");
    if (tree->root != NO_PAGE) walk_page(tree->root, 1, tree->depth, leaf);
    require(counted.branches == tree->branches && counted.leaves == tree->leaves &&
            counted.overflows == tree->overflows && counted.entries == tree->entries,
            "a tree has other pages or entries than it says");
    counted = outer;
}

static void walk_table(struct node *node, unsigned char *data) {
    struct tree tree;
    if (!(node->flags & F_SUBDATA)) return;
    require(data_bytes(node) == sizeof tree, "a table's root is damaged");
    memcpy(&tree, data, sizeof tree);
    /* That it is the flag of this table, looking up each key shows. */
    require((tree.flags & ~INTEGER_KEY) == 0, "a table has unknown flags");
    walk_tree(&tree, NULL);
}

/* An entry of the free list: the transaction that freed the pages, then a count and as many page numbers. */
static void walk_free(struct node *node, unsigned char *data) {
    require(node->key_bytes == 8 && data_bytes(node) >= 8, "an entry of the free list is damaged");
    uint64_t count = load(data), transaction = load(node + 1);
    require(transaction > 0 && transaction <= meta.transaction, "the free list has a future transaction");
    require(count < data_bytes(node) / 8, "an entry of the free list is too short");
    for (uint64_t i = 1; i <= count; i++) use(load(data + i * 8));
}

static struct meta read_meta(uint64_t number) {
    struct meta found;
    require(page_at(number)->flags == P_META && page_at(number)->number == number, "a meta page is damaged");
    memcpy(&found, page_at(number) + 1, sizeof found);
    require(found.magic == 0xBEEFC0DE && found.version == 1 && found.free.pad == PAGE, "a meta page is damaged");
    require(found.free.flags == INTEGER_KEY && found.main.flags == 0, "a meta page has other flags");
    return found;
}

static void read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    require(file && !fseek(file, 0, SEEK_END), "cannot open %s", path);
    page_count = ftell(file) / PAGE;
    require(page_count >= 2, "%s has no two meta pages", path);
    bytes = malloc(page_count * PAGE);
    require(bytes && !fseek(file, 0, SEEK_SET) && fread(bytes, PAGE, page_count, file) == page_count, "cannot read %s",
            path);
    fclose(file);
}

void audit_pages(const char *path) {
    read_file(path);
    struct meta first = read_meta(0), second = read_meta(1);
    /* Transactions write the meta pages in turn: even ones the first, odd ones the second. */
    int is_new = first.transaction == 0 && second.transaction == 0;
    uint64_t distance = first.transaction - second.transaction;
    require(is_new || ((distance == 1 || distance == UINT64_MAX) && first.transaction % 2 == 0),
            "the meta pages are not of successive transactions");
    meta = second.transaction > first.transaction ? second : first;
    require(meta.last_page < page_count + (1 << 20), "the last page is far beyond the end of the file");
    is_used = calloc(meta.last_page + 1, 1);
    require(is_used != NULL, "out of memory");
    walk_tree(&meta.main, walk_table);
    walk_tree(&meta.free, walk_free);
    for (uint64_t i = 2; i <= meta.last_page; i++)
        require(is_used[i], "page %llu is neither in use nor free", (unsigned long long)i);
    free(is_used);
    free(bytes);
}
