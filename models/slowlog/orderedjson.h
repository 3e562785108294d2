// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zandb {

/// JSON whose objects keep the order of their members, and members that have the same name: plans of MariaDB before 10.11 mean something by both.
/// A value; thread-safe as such.
class OrderedJson
{
public:
    enum class Type { Null, Bool, Number, Text, Array, Object };

    /// None when the text is no JSON, nests deeper than `deepest`, or has more than `most` values.
    static std::optional<OrderedJson> parse(std::string_view text, int deepest, std::size_t most);

    bool isObject() const { return type == Type::Object; }
    bool isArray() const { return type == Type::Array; }
    /// The first member of this name that is there; null when there is none, or this is no object.
    const OrderedJson *find(std::string_view name) const;
    /// The first member of this name that is an object.
    const OrderedJson *object(std::string_view name) const;
    /// Its text, at most `longest` bytes; empty when it is none.
    std::string textIn(std::string_view name) const;
    /// A number, also one that is written as a text; none when it is negative, infinite, or no number.
    std::optional<double> numberIn(std::string_view name) const;
    bool isTrue(std::string_view name) const;
    /// Texts of a list, at most 64.
    std::vector<std::string> textsIn(std::string_view name) const;

    static constexpr std::size_t longest = 2'000;

    Type type = Type::Null;
    bool flag = false;
    double number = 0;
    std::string text;
    std::vector<std::string> names;   ///< of an object's members, one for each of `items`
    std::vector<OrderedJson> items;   ///< of a list or an object
};

/// JSON text in which each object has each name once: the second "table" becomes "table 2".  The text of a broken document comes back as it is.
std::string withoutRepeatedNames(std::string_view json);

} // namespace zandb
