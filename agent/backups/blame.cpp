// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/blame.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace zandb::agent {

static std::string lower(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

// A table may be called `corrupt`.  A quote ends in its line; one without an end is an apostrophe.
static std::string withoutQuoted(std::string_view said)
{
    std::string out;
    for (std::size_t at = 0; at < said.size(); ++at) {
        const char c = said[at];
        const bool opens = c == '`' || ((c == '\'' || c == '"') && (at == 0 || !std::isalnum(static_cast<unsigned char>(said[at - 1]))));
        const auto end = opens ? said.find(c, at + 1) : said.npos;
        if (end != said.npos && end < said.find('\n', at))
            at = end;
        else
            out += c;
    }
    return out;
}

// The word by itself: neither a part of a longer name nor of a path.
static bool hasWord(std::string_view text, std::string_view word)
{
    const auto inName = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || std::string_view("_$/@").find(c) != std::string_view::npos; };
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
        const std::string_view rest = text.substr(at + word.size());
        const bool begins = at == 0 || !(inName(text[at - 1]) || text[at - 1] == '.');
        const bool ends = rest.empty() || !(inName(rest[0]) || (rest[0] == '.' && rest.size() > 1 && inName(rest[1])));
        // any crash is told with "this binary or one of the libraries it was linked against is corrupt, improperly built"
        if (begins && ends && !rest.starts_with(", improperly"))
            return true;
    }
    return false;
}

static bool speaksOfCorruption(std::string_view said)
{
    const std::string text = withoutQuoted(lower(said));
    return hasWord(text, "corrupt") || hasWord(text, "corrupted") || hasWord(text, "corruption");
}

bool speaksOfDamage(std::string_view said)
{
    // what MariaDB and MySQL say of pages and logs they cannot read
    static constexpr std::array<std::string_view, 6> phrases{"no valid checkpoint", "missing file_checkpoint", "missing mlog_checkpoint",
                                                             "is in the future", "consists of zero bytes", "is of a different size"};
    const std::string text = withoutQuoted(lower(said));
    return speaksOfCorruption(said) || hasWord(text, "checksum")
           || std::ranges::any_of(phrases, [&](std::string_view phrase) { return text.find(phrase) != std::string::npos; });
}

bool isTroubleOfHost(std::string_view said)
{
    static constexpr std::array<std::string_view, 28> words{
        "no space left", "disk full", "disk is full", "disk quota", "out of memory", "cannot allocate memory", "can't allocate memory",
        "too many open files", "permission denied", "read-only file system", "input/output error", "resource temporarily unavailable",
        "out of resources", "lost connection", "gone away", "connection was killed", "was interrupted",
        // an older program than the one that wrote the data
        "unsupported redo log format", "cannot downgrade", "invalid mysql server downgrade",
        // asynchronous reads and writes, of which the kernel allows all programs together a number
        "io_setup", "native aio", "io_uring",
        // an engine or a key that this host does not have
        "unknown storage engine", "cannot be decrypted", "can't be decrypted", "decryption failed", "is encrypted but"};
    const std::string text = lower(said);
    return std::ranges::any_of(words, [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

Error toolError(const std::string &tool, const ExitStatus &status, const std::string &said)
{
    if (status.signal != 0)
        return makeError(errors::toolKilled, {{"tool", tool}, {"signal", std::to_string(status.signal)}});
    return makeError(errors::toolFailed, {{"tool", tool}, {"status", status.text()}, {"detail", said}});
}

Error blame(const char *step, const std::string &tool, const ExitStatus &status, const std::string &said)
{
    // a server that finds a damaged page may end itself with a signal, and says so before
    const bool corrupt = speaksOfCorruption(said);
    if (status.signal != 0 && !corrupt)
        return toolError(tool, status, said);
    if (status.ok()) // somebody asked it to end
        return makeError(errors::toolKilled, {{"tool", tool}, {"signal", "15"}});
    // a server gives up for many reasons of this host that no list knows: only words about damage count against the backup
    static constexpr std::array<std::string_view, 3> stepsOfServer{"start", "prepare", "shutdown"};
    const bool ofServer = std::ranges::count(stepsOfServer, std::string_view(step)) > 0;
    // the walls around the scratch directory refuse these to tar, and no backup made here holds them
    static constexpr std::array<std::string_view, 4> strange{"cannot create symlink", "cannot mkfifo", "cannot mknod", "cannot hard link"};
    const std::string text = lower(said);
    const bool leadsElsewhere = std::string_view(step) == "unpack"
                                && std::ranges::any_of(strange, [&](std::string_view words) { return text.find(words) != std::string::npos; });
    const bool hindered = !leadsElsewhere && (isTroubleOfHost(said) || (ofServer && !speaksOfDamage(said)));
    if (!corrupt && hindered)
        return makeError(errors::restoreHindered, {{"step", step}, {"detail", tool + ": " + said}});
    return makeError(errors::restoreFailed, {{"step", step}, {"detail", tool + " ended with status " + status.text() + ": " + said}});
}

Error blameStatement(const char *step, const std::string &what, const Error &cause)
{
    const auto detail = cause.fields.find("detail");
    const bool hindered = cause.is(errors::instanceDown) || (detail != cause.fields.end() && isTroubleOfHost(detail->second));
    return makeError(hindered ? errors::restoreHindered : errors::restoreFailed, {{"step", step}, {"detail", what}}, cause);
}

} // namespace zandb::agent
