// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/beforeimage.h"

#include "agent/os/files.h"
#include "agent/protocol/json.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace zandb::agent {
namespace {

namespace fs = std::filesystem;

constexpr int version = 1;
constexpr std::size_t maxFile = 512u << 20;

Json valuesToJson(const RowValues &values)
{
    Json array = Json::array();
    for (const auto &value : values)
        array.push_back(value ? bytesToJson(*value) : Json());
    return array;
}

std::optional<RowValues> valuesOf(const Json &line, const char *name, std::size_t columns)
{
    const auto found = line.find(name);
    if (found == line.end() || !found->is_array() || found->size() != columns)
        return std::nullopt;
    RowValues values;
    for (const Json &cell : *found) {
        if (cell.is_null()) {
            values.emplace_back();
            continue;
        }
        auto bytes = bytesFromJson(cell);
        if (!bytes)
            return std::nullopt;
        values.emplace_back(std::move(*bytes));
    }
    return values;
}

std::string textOf(const BeforeImage &image)
{
    Json columns = Json::array();
    for (const RowColumn &column : image.table.columns)
        columns.push_back({{"name", column.name}, {"type", column.type}, {"charset", column.charset}, {"form", static_cast<int>(column.form)}, {"on_update", column.onUpdate}});
    std::string text = dumpJson({{"version", version}, {"order", Json(image.order)}, {"statement", image.statement}, {"instance", image.instance}, {"sql", bytesToJson(image.sql)},
                                 {"schema", image.table.name.schema}, {"table", image.table.name.table}, {"key", image.table.keys.front()}, {"columns", columns},
                                 {"deletes", image.deletes}, {"at", Json(image.at)}})
        + '\n';
    for (const ChangedRow &row : image.rows) {
        Json line{{"before", valuesToJson(row.before)}};
        if (!image.deletes)
            line["after"] = valuesToJson(row.after);
        text += dumpJson(line) + '\n';
    }
    return text + dumpJson({{"end", image.rows.size()}}) + '\n';
}

/// None where the file has no end, or is no such file.
std::optional<BeforeImage> imageOf(std::string_view text)
{
    BeforeImage image;
    bool first = true;
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos)
            return std::nullopt;
        const auto line = parseJson(text.substr(0, end), 8);
        text.remove_prefix(end + 1);
        if (!line || !line->is_object())
            return std::nullopt;
        if (line->contains("end"))
            return !first && text.empty() && line->at("end") == image.rows.size() ? std::optional(std::move(image)) : std::nullopt;
        if (!first) {
            auto before = valuesOf(*line, "before", image.table.columns.size());
            auto after = image.deletes ? std::optional(RowValues{}) : valuesOf(*line, "after", image.table.columns.size());
            if (!before || !after)
                return std::nullopt;
            image.rows.push_back({std::move(*before), std::move(*after)});
            continue;
        }
        first = false;
        try {
            if (line->at("version") != version)
                return std::nullopt;
            image.order = line->at("order").get<wire::OrderKey>();
            image.statement = line->at("statement").get<int>();
            image.instance = line->at("instance").get<std::string>();
            image.sql = bytesFromJson(line->at("sql")).value_or("");
            image.table.name = {line->at("schema").get<std::string>(), line->at("table").get<std::string>()};
            image.table.keys = {line->at("key").get<std::vector<std::string>>()};
            image.deletes = line->at("deletes").get<bool>();
            image.at = line->at("at").get<TimePoint>();
            for (const Json &column : line->at("columns")) {
                const auto form = integerIn(column.at("form"), 0, static_cast<int>(RowColumn::Form::Unknown));
                image.table.columns.push_back({column.at("name").get<std::string>(), column.at("type").get<std::string>(), column.at("charset").get<std::string>(),
                                               static_cast<RowColumn::Form>(form.value_or(static_cast<int>(RowColumn::Form::Unknown))), column.at("on_update").get<bool>()});
            }
        } catch (const std::exception &) {
            return std::nullopt;
        }
        const auto known = [&](const std::string &name) { return image.table.column(name) != nullptr; };
        if (image.table.keys.front().empty() || !std::ranges::all_of(image.table.keys.front(), known))
            return std::nullopt;
    }
    return std::nullopt;
}

Result<void> makeDirectory(const fs::path &directory)
{
    if (::mkdir(directory.c_str(), 0750) != 0 && errno != EEXIST)
        return fail(ioError(directory, errno));
    return {};
}

} // namespace

std::string BeforeImage::id() const
{
    return order.runId.toString() + '-' + std::to_string(order.step) + '-' + std::to_string(order.attempt) + '-' + std::to_string(statement);
}

fs::path imageDirectory(const Config &config)
{
    return config.stateDirectory / "before-images";
}

Result<bool> writeImage(const Config &config, const BeforeImage &image, const ImageLimits &limits)
{
    const fs::path directory = imageDirectory(config);
    if (auto made = makeDirectory(directory); !made)
        return fail(made.error());
    removeOldImages(config, limits.age);
    const std::string text = textOf(image);
    if (bytesBelow(directory) + static_cast<std::int64_t>(text.size()) > limits.budget)
        return false;
    const fs::path path = directory / (image.id() + ".jsonl");
    const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!file)
        return fail(ioError(path, errno));
    auto written = writeAll(file.get(), text, path);
    if (written && (::fchmod(file.get(), 0640) != 0 || ::fsync(file.get()) != 0))
        written = fail(ioError(path, errno));
    if (written)
        written = syncDirectory(directory);
    if (!written) {
        ::unlink(path.c_str());
        return fail(written.error());
    }
    return true;
}

void removeImage(const Config &config, const std::string &id)
{
    std::error_code ignored;
    fs::remove(imageDirectory(config) / (id + ".jsonl"), ignored);
}

Result<std::vector<BeforeImage>> readImages(const Config &config, const Uuid &run, const std::string &instance)
{
    const std::string prefix = run.toString() + '-';
    std::vector<BeforeImage> images;
    std::error_code error;
    for (const auto &entry : fs::directory_iterator(imageDirectory(config), error)) {
        if (!entry.path().filename().string().starts_with(prefix))
            continue;
        const auto text = readFile(entry.path(), maxFile);
        if (!text)
            return fail(text.error());
        auto image = imageOf(*text);
        if (image && image->instance == instance && image->order.runId == run)
            images.push_back(std::move(*image));
    }
    if (error && error != std::errc::no_such_file_or_directory)
        return fail(ioError(imageDirectory(config), error.value()));
    std::ranges::sort(images, [](const BeforeImage &a, const BeforeImage &b) {
        return std::tie(a.order.attempt, a.statement) > std::tie(b.order.attempt, b.statement);
    });
    return images;
}

void removeOldImages(const Config &config, std::chrono::hours age)
{
    std::error_code error;
    const auto before = fs::file_time_type::clock::now() - age;
    for (const auto &entry : fs::directory_iterator(imageDirectory(config), error)) {
        std::error_code ignored;
        if (const auto written = entry.last_write_time(ignored); !ignored && written < before)
            fs::remove(entry.path(), ignored);
    }
}

} // namespace zandb::agent
