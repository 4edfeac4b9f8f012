#include "CLineParser.h"

#if !__has_include(<simdjson.h>)
#error "simdjson is missing: apt-get install libsimdjson-dev"
#endif
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <new>
#include <string_view>
#include <vector>

namespace dom = simdjson::dom;

struct line_parser {
    dom::parser json;
    // The object with the padding behind it that simdjson reads but does not look at.
    std::vector<uint8_t> padded;
    std::vector<double> embedding;
    std::vector<int16_t> embedding_q14;
    // Which fields the object has had so far: one bit each, and the names of those that no event has.
    unsigned seen;
    std::vector<std::string_view> others;
    // Whether the embedding has an integer 0, which may have been written -0.
    bool has_integer_zero;
};

namespace {

// Fields beside the texts, numbered after them.
enum { position_field = LINE_TEXT_COUNT, embedding_field, embedding_q14_field, field_count };

constexpr std::string_view names[field_count] = {
    "kind", "recordedAt", "space", "user", "profile", "id", "author", "winner", "loser", "image", "at", "eventID",
    "position", "embedding", "embeddingQ14",
};

int index_of(std::string_view name) {
    for (int index = 0; index < field_count; index++) {
        if (names[index] == name) return index;
    }
    return -1;
}

bool read_embedding(dom::element value, line_parser &parser) {
    dom::array array;
    if (value.get(array)) return false;
    parser.embedding.clear();
    for (dom::element element : array) {
        double number;
        if (element.get(number)) return false;
        if (std::abs(number) < std::numeric_limits<double>::min()) {
            // What is written as a fraction and too small for one has become 0 here, and is refused elsewhere.
            if (element.type() == dom::element_type::DOUBLE) return false;
            parser.has_integer_zero = true;
        }
        parser.embedding.push_back(number);
    }
    return true;
}

bool read_integers(dom::element value, std::vector<int16_t> &numbers) {
    dom::array array;
    if (value.get(array)) return false;
    numbers.clear();
    for (dom::element element : array) {
        int64_t number;
        if (element.get(number)) return false;
        if (number < std::numeric_limits<int16_t>::min() || number > std::numeric_limits<int16_t>::max()) return false;
        numbers.push_back(static_cast<int16_t>(number));
    }
    return true;
}

// An empty vector has no address, and an empty array is not an absent one.
template <typename Number>
const Number *address(std::vector<Number> &numbers) {
    if (numbers.capacity() == 0) numbers.reserve(1);
    return numbers.data();
}

bool read_text(dom::element value, line_text &text) {
    std::string_view found;
    if (value.get(found)) return false;
    text = {found.data(), found.size()};
    return true;
}

bool read_field(line_parser &parser, int index, dom::element value, line_fields &fields) {
    if (parser.seen & 1u << index) return false;
    parser.seen |= 1u << index;
    if (value.is_null()) return true;
    switch (index) {
    case position_field:
        fields.has_position = 1;
        return !value.get(fields.position);
    case embedding_field:
        if (!read_embedding(value, parser)) return false;
        fields.embedding = address(parser.embedding);
        fields.embedding_count = parser.embedding.size();
        return true;
    case embedding_q14_field:
        if (!read_integers(value, parser.embedding_q14)) return false;
        fields.embedding_q14 = address(parser.embedding_q14);
        fields.embedding_q14_count = parser.embedding_q14.size();
        return true;
    case LINE_AT:
        if (value.is_string()) return read_text(value, fields.texts[LINE_AT]);
        fields.has_milliseconds = 1;
        return !value.get(fields.milliseconds);
    default: return read_text(value, fields.texts[index]);
    }
}

// What is looked through for repeated keys here; what has more is left to the decoder.
constexpr size_t most_keys = 32;
constexpr int most_levels = 16;

// Whether some object in a value has a key twice, or may have.
bool may_repeat_key(dom::element value, int level) {
    if (level > most_levels) return true;
    dom::array array;
    if (!value.get(array)) {
        for (dom::element element : array) {
            if (may_repeat_key(element, level + 1)) return true;
        }
        return false;
    }
    dom::object object;
    if (value.get(object)) return false;
    std::string_view keys[most_keys];
    size_t count = 0;
    for (dom::key_value_pair field : object) {
        if (count == most_keys || std::find(keys, keys + count, field.key) != keys + count) return true;
        keys[count++] = field.key;
        if (may_repeat_key(field.value, level + 1)) return true;
    }
    return false;
}

// Passes over a field that no event has, unless a key may be there twice.
bool pass_over(line_parser &parser, dom::key_value_pair field) {
    auto &others = parser.others;
    if (others.size() == most_keys || std::find(others.begin(), others.end(), field.key) != others.end()) return false;
    others.push_back(field.key);
    return !may_repeat_key(field.value, 1);
}

// Whether -0 stands somewhere without a fraction: simdjson makes it an integer, which has no sign then.
bool may_have_negative_zero(std::string_view text) {
    for (size_t found = text.find("-0"); found != text.npos; found = text.find("-0", found + 1)) {
        if (found + 2 < text.size() && text[found + 2] != '.') return true;
    }
    return false;
}

bool read(line_parser &parser, const uint8_t *bytes, size_t count, line_fields &fields) {
    if (parser.padded.size() < count + simdjson::SIMDJSON_PADDING) {
        parser.padded.resize(2 * count + simdjson::SIMDJSON_PADDING);
    }
    if (count > 0) std::memcpy(parser.padded.data(), bytes, count);
    dom::object object;
    if (parser.json.parse(parser.padded.data(), count, false).get(object)) return false;
    fields = {};
    parser.seen = 0;
    parser.others.clear();
    parser.has_integer_zero = false;
    for (dom::key_value_pair field : object) {
        int index = index_of(field.key);
        if (!(index < 0 ? pass_over(parser, field) : read_field(parser, index, field.value, fields))) return false;
    }
    return !parser.has_integer_zero || !may_have_negative_zero({reinterpret_cast<const char *>(bytes), count});
}

} // namespace

line_parser *line_parser_create(void) { return new (std::nothrow) line_parser(); }

void line_parser_destroy(line_parser *parser) { delete parser; }

int line_parser_read(line_parser *parser, const uint8_t *bytes, size_t count, line_fields *fields) {
    try {
        return read(*parser, bytes, count, *fields);
    } catch (const std::bad_alloc &) {
        return 0;
    }
}
