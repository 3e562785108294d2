// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/slowlog/orderedjson.h"

#include "agent/protocol/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace zandb {
namespace {

constexpr std::size_t deepestNames = 200;

/// Builds the tree while nlohmann's parser reads.
class Builder
{
public:
    Builder(int deepest, std::size_t most) : m_deepest(static_cast<std::size_t>(deepest)), m_left(most) {}

    bool null() { return add({}) != nullptr; }
    bool boolean(bool flag) { return set([&](OrderedJson &value) { value.type = OrderedJson::Type::Bool, value.flag = flag; }); }
    bool number_integer(std::int64_t number) { return addNumber(static_cast<double>(number)); }
    bool number_unsigned(std::uint64_t number) { return addNumber(static_cast<double>(number)); }
    bool number_float(double number, const std::string &) { return addNumber(number); }
    bool string(std::string &text) { return set([&](OrderedJson &value) { value.type = OrderedJson::Type::Text, value.text = std::move(text); }); }
    bool binary(std::vector<std::uint8_t> &) { return false; }
    bool start_object(std::size_t) { return open(OrderedJson::Type::Object); }
    bool start_array(std::size_t) { return open(OrderedJson::Type::Array); }
    bool key(std::string &name)
    {
        m_open.back()->names.push_back(std::move(name));
        return true;
    }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool parse_error(std::size_t, const std::string &, const Json::exception &) { return false; }

    OrderedJson root;

private:
    OrderedJson *add(OrderedJson value)
    {
        if (m_left == 0)
            return nullptr;
        --m_left;
        if (m_open.empty()) {
            root = std::move(value);
            return &root;
        }
        // what is open does not move: only its last item is ever open
        return &m_open.back()->items.emplace_back(std::move(value));
    }
    template<class Change>
    bool set(const Change &change)
    {
        OrderedJson value;
        change(value);
        return add(std::move(value)) != nullptr;
    }
    bool addNumber(double number)
    {
        return set([&](OrderedJson &value) { value.type = OrderedJson::Type::Number, value.number = number; });
    }
    bool open(OrderedJson::Type type)
    {
        if (m_open.size() >= m_deepest)
            return false;
        OrderedJson value;
        value.type = type;
        OrderedJson *added = add(std::move(value));
        if (added)
            m_open.push_back(added);
        return added != nullptr;
    }
    bool close()
    {
        m_open.pop_back();
        return true;
    }

    const std::size_t m_deepest;
    std::size_t m_left;
    std::vector<OrderedJson *> m_open;
};

} // namespace

std::optional<OrderedJson> OrderedJson::parse(std::string_view text, int deepest, std::size_t most)
{
    Builder builder(deepest, most);
    if (!Json::sax_parse(text, &builder))
        return std::nullopt;
    return std::move(builder.root);
}

const OrderedJson *OrderedJson::find(std::string_view name) const
{
    const auto found = std::ranges::find(names, name);
    return found == names.end() ? nullptr : &items[static_cast<std::size_t>(found - names.begin())];
}

const OrderedJson *OrderedJson::object(std::string_view name) const
{
    const OrderedJson *found = find(name);
    return found && found->isObject() ? found : nullptr;
}

std::string OrderedJson::textIn(std::string_view name) const
{
    const OrderedJson *found = find(name);
    return found && found->type == Type::Text ? found->text.substr(0, longest) : std::string();
}

std::optional<double> OrderedJson::numberIn(std::string_view name) const
{
    const OrderedJson *found = find(name);
    if (!found)
        return std::nullopt;
    double value = -1;
    if (found->type == Type::Number)
        value = found->number;
    else if (found->type != Type::Text || std::from_chars(found->text.data(), found->text.data() + found->text.size(), value).ec != std::errc())
        return std::nullopt;
    return std::isfinite(value) && value >= 0 ? std::optional(value) : std::nullopt;
}

bool OrderedJson::isTrue(std::string_view name) const
{
    const OrderedJson *found = find(name);
    return found && found->type == Type::Bool && found->flag;
}

std::vector<std::string> OrderedJson::textsIn(std::string_view name) const
{
    std::vector<std::string> texts;
    const OrderedJson *found = find(name);
    if (!found || !found->isArray())
        return texts;
    for (const OrderedJson &one : found->items) {
        if (one.type == Type::Text && texts.size() < 64)
            texts.push_back(one.text.substr(0, longest));
    }
    return texts;
}

std::string withoutRepeatedNames(std::string_view json)
{
    struct Level
    {
        bool object = false;
        std::map<std::string, int, std::less<>> names;
    };
    std::vector<Level> levels;
    std::string text;
    text.reserve(json.size() + 16);
    for (std::size_t i = 0; i < json.size();) {
        const char c = json[i];
        if (c != '"') {
            if (c == '{' || c == '[')
                levels.push_back({c == '{', {}});
            else if ((c == '}' || c == ']') && !levels.empty())
                levels.pop_back();
            if (levels.size() > deepestNames)
                return std::string(json);
            text += c;
            ++i;
            continue;
        }
        std::size_t end = i + 1;
        while (end < json.size() && json[end] != '"')
            end += json[end] == '\\' ? 2 : 1;
        if (end >= json.size())
            return std::string(json);
        const std::string_view name = json.substr(i + 1, end - i - 1);
        std::size_t next = end + 1;
        while (next < json.size() && (json[next] == ' ' || json[next] == '\n' || json[next] == '\r' || json[next] == '\t'))
            ++next;
        text += json.substr(i, end - i);
        if (next < json.size() && json[next] == ':' && !levels.empty() && levels.back().object) {
            auto found = levels.back().names.find(name);
            if (found == levels.back().names.end())
                found = levels.back().names.emplace(std::string(name), 0).first;
            if (++found->second > 1)
                text += ' ' + std::to_string(found->second);
        }
        text += '"';
        i = end + 1;
    }
    return text;
}

} // namespace zandb
