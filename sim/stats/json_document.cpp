#include "stats/json_document.h"

#include <charconv>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value_stack.hpp>

namespace twinstorm::stats {
namespace {

namespace json = boost::json;
using ErrorOut = json::error_code;
using View = json::string_view;

// What Boost.JSON's own handler does, but for floats; names and signatures are the parser's.
class Handler {
public:
    static constexpr std::size_t max_object_size = json::object::max_size();
    static constexpr std::size_t max_array_size = json::array::max_size();
    static constexpr std::size_t max_key_size = json::string::max_size();
    static constexpr std::size_t max_string_size = json::string::max_size();

    Handler() { stack_.reset(); }

    [[nodiscard]] json::value release() { return stack_.release(); }

    bool on_document_begin(ErrorOut&) { return true; }
    bool on_document_end(ErrorOut&) { return true; }
    bool on_object_begin(ErrorOut&) { return true; }
    bool on_array_begin(ErrorOut&) { return true; }
    bool on_number_part(View, ErrorOut&) { return true; }
    bool on_comment_part(View, ErrorOut&) { return true; }
    bool on_comment(View, ErrorOut&) { return true; }

    bool on_object_end(std::size_t members, ErrorOut&) {
        stack_.push_object(members);
        return true;
    }
    bool on_array_end(std::size_t items, ErrorOut&) {
        stack_.push_array(items);
        return true;
    }
    bool on_key_part(View part, std::size_t, ErrorOut&) {
        stack_.push_chars(part);
        return true;
    }
    bool on_key(View rest, std::size_t, ErrorOut&) {
        stack_.push_key(rest);
        return true;
    }
    bool on_string_part(View part, std::size_t, ErrorOut&) {
        stack_.push_chars(part);
        return true;
    }
    bool on_string(View rest, std::size_t, ErrorOut&) {
        stack_.push_string(rest);
        return true;
    }
    bool on_int64(std::int64_t number, View, ErrorOut&) {
        stack_.push_int64(number);
        return true;
    }
    bool on_uint64(std::uint64_t number, View, ErrorOut&) {
        stack_.push_uint64(number);
        return true;
    }
    // The text is whole, because the document is parsed in one piece. One that is out of range
    // leaves Boost.JSON's approximation in place.
    bool on_double(double approximate, View text, ErrorOut&) {
        double exact = approximate;
        (void)std::from_chars(text.data(), text.data() + text.size(), exact);
        stack_.push_double(exact);
        return true;
    }
    bool on_bool(bool flag, ErrorOut&) {
        stack_.push_bool(flag);
        return true;
    }
    bool on_null(ErrorOut&) {
        stack_.push_null();
        return true;
    }

private:
    json::value_stack stack_;
};

}  // namespace

Result<json::value> parse_json(std::string_view text) {
    json::basic_parser<Handler> parser{json::parse_options()};
    json::error_code error;
    const std::size_t parsed = parser.write_some(false, text.data(), text.size(), error);
    if (!error && parsed < text.size()) {
        error = json::error::extra_data;
    }
    if (error) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("not JSON: {} at byte {}", error.message(), parsed));
    }
    return parser.handler().release();
}

}  // namespace twinstorm::stats
