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

// Any crash is told with the words "this binary or one of the libraries it was linked against is corrupt, improperly built".
static bool speaksOfCorruption(std::string_view said)
{
    constexpr std::string_view word = "corrupt";
    for (auto at = said.find(word); at != said.npos; at = said.find(word, at + 1)) {
        if (!said.substr(at + word.size()).starts_with(", improperly"))
            return true;
    }
    return false;
}

bool isTroubleOfHost(std::string_view said)
{
    static constexpr std::array<std::string_view, 17> words{
        "no space left", "disk full", "disk is full", "disk quota", "out of memory", "cannot allocate memory", "can't allocate memory",
        "too many open files", "permission denied", "read-only file system", "input/output error", "resource temporarily unavailable",
        "out of resources", "lost connection", "gone away", "connection was killed", "was interrupted"};
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
    const bool corrupt = speaksOfCorruption(lower(said));
    if (status.signal != 0 && !corrupt)
        return toolError(tool, status, said);
    if (status.ok()) // somebody asked it to end
        return makeError(errors::toolKilled, {{"tool", tool}, {"signal", "15"}});
    if (!corrupt && isTroubleOfHost(said))
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
