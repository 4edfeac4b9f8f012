#ifndef CLINEPARSER_H
#define CLINEPARSER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Reads the fields of the interchange format that events have from one JSON object, with simdjson, which is written in C++.

/// The fields that hold text.
enum line_text_field {
    LINE_KIND, LINE_RECORDED_AT, LINE_SPACE, LINE_USER, LINE_PROFILE, LINE_ID, LINE_AUTHOR, LINE_WINNER, LINE_LOSER,
    LINE_IMAGE, LINE_AT, LINE_EVENT_ID, LINE_TEXT_COUNT
};

/// A text, unescaped; no address where the object has no such field.
typedef struct {
    const char *bytes;
    size_t count;
} line_text;

/// What was read. All addresses are valid until the parser reads again.
typedef struct {
    line_text texts[LINE_TEXT_COUNT];
    int has_position;
    uint64_t position;
    /// `at` as a number; as text it is among the texts.
    int has_milliseconds;
    int64_t milliseconds;
    /// No address where the object has no such field.
    const double *embedding;
    size_t embedding_count;
    const int16_t *embedding_q14;
    size_t embedding_q14_count;
} line_fields;

/// A parser and its memory; for one thread at a time.
typedef struct line_parser line_parser;

/// Makes a parser; null when there is no memory.
line_parser *line_parser_create(void);

/// Ends a parser.
void line_parser_destroy(line_parser *parser);

/// Reads an object. Returns 0 unless it is a JSON object whose fields of these names appear once at most and have the types
/// above; null is as good as absent, and other fields are passed over.
int line_parser_read(line_parser *parser, const uint8_t *bytes, size_t count, line_fields *fields);

#ifdef __cplusplus
}
#endif

#endif
