// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/datafiles.h"

#include "agent/privileged/client.h"

#include <charconv>

#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;

constexpr std::size_t maxListBytes = 256u << 20; // some two million tables

static bool isGone(const std::error_code &ec)
{
    return ec == std::errc::no_such_file_or_directory;
}

Result<DataFiles> readDataFiles(const fs::path &dataDirectory)
{
    DataFiles found;
    std::error_code ec;
    fs::directory_iterator it(dataDirectory, ec);
    for (const fs::directory_iterator end; !ec && it != end; it.increment(ec)) {
        const std::string schema = it->path().filename().string();
        if (schema.starts_with('#') || schema.starts_with('.') || schema == "lost+found")
            continue;
        std::error_code inner;
        const bool isDirectory = it->is_directory(inner);
        if (!inner && !isDirectory)
            continue;
        fs::directory_iterator file;
        if (!inner)
            file = fs::directory_iterator(it->path(), inner);
        std::map<std::string, std::int64_t> files;
        for (; !inner && file != fs::directory_iterator(); file.increment(inner)) {
            std::error_code ofFile;
            const auto size = file->file_size(ofFile);
            if (!isGone(ofFile))
                files[schema + '/' + file->path().filename().string()] = ofFile ? 0 : static_cast<std::int64_t>(size);
        }
        if (isGone(inner))
            continue;
        if (inner)
            return fail(ioError(it->path(), inner.value()));
        found.schemas.insert(schema);
        found.files.merge(files);
    }
    if (ec)
        return fail(ioError(dataDirectory, ec.value()));
    return found;
}

// "SIZE NAME" with a zero byte behind each; a schema has no size: " NAME"
std::string encodeDataFiles(const DataFiles &files)
{
    std::string list;
    for (const auto &schema : files.schemas)
        list.append(" ").append(schema).append(1, '\0');
    for (const auto &[name, bytes] : files.files)
        list.append(std::to_string(bytes)).append(" ").append(name).append(1, '\0');
    return list;
}

Result<DataFiles> decodeDataFiles(std::string_view list)
{
    DataFiles found;
    while (!list.empty()) {
        const auto end = list.find('\0');
        const auto blank = list.find(' ');
        if (end == list.npos || blank >= end)
            return fail(errors::protocolMalformed, {{"detail", "the helper's list of files is damaged"}});
        std::string name(list.substr(blank + 1, end - blank - 1));
        if (blank == 0) {
            found.schemas.insert(std::move(name));
        } else {
            std::int64_t bytes = 0;
            if (std::from_chars(list.data(), list.data() + blank, bytes).ptr != list.data() + blank)
                return fail(errors::protocolMalformed, {{"detail", "the helper's list of files is damaged"}});
            found.files[std::move(name)] = bytes;
        }
        list.remove_prefix(end + 1);
    }
    return found;
}

Result<DataFiles> dataFilesByHelper(const Config &config, const std::string &instance)
{
    auto pipe = makePipe(1 << 20);
    if (!pipe)
        return fail(pipe.error());
    auto call = HelperCall::start(config, {"data-files", {{"instance", instance}}}, {pipe->write.get()});
    if (!call)
        return fail(call.error());
    pipe->write.reset();
    std::string list;
    char buffer[65536];
    for (;;) {
        const ssize_t n = ::read(pipe->read.get(), buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        list.append(buffer, static_cast<std::size_t>(n));
        if (list.size() > maxListBytes)
            return fail(errors::protocolTooLarge, {{"bytes", std::to_string(list.size())}, {"limit", std::to_string(maxListBytes)}});
    }
    const Result<Json> *answer = (*call)->wait(std::chrono::seconds{30});
    if (!answer)
        return fail(errors::helperUnreachable, {{"socket", config.helperSocket.string()}, {"detail", "it does not answer"}});
    if (!*answer)
        return fail(answer->error());
    return decodeDataFiles(list);
}

} // namespace zandb::agent
