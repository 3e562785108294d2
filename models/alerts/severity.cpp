// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/alerts/severity.h"

#include "models/alerts/channel.h"
#include "models/alerts/watch.h"
#include <algorithm>
#include <array>

namespace zandb {
namespace {

constexpr std::array words{std::string_view("info"), std::string_view("warning"), std::string_view("critical")};

/// Those that are no warnings.
constexpr std::array<std::pair<std::string_view, Severity>, 8> kinds{{
    {clockBackAlert, Severity::Critical},
    {storeBackupAlert, Severity::Critical},
    {channelTestKind, Severity::Info},
    {hostAwayAlert, Severity::Critical},
    {instanceDownAlert, Severity::Critical},
    {replicationBrokenAlert, Severity::Critical},
    {memberAwayAlert, Severity::Critical},
    {"verify.failed", Severity::Critical},
}};

} // namespace

std::string_view toString(Severity severity) { return words.at(static_cast<std::size_t>(severity)); }

std::optional<Severity> severityFromString(std::string_view text)
{
    const auto found = std::ranges::find(words, text);
    return found == words.end() ? std::nullopt : std::optional(static_cast<Severity>(found - words.begin()));
}

Severity severityOf(std::string_view kind, const Json &detail)
{
    if (detail.is_object()) {
        const auto said = detail.find("severity");
        if (const auto severity = said != detail.end() && said->is_string() ? severityFromString(said->get<std::string>()) : std::nullopt)
            return *severity;
    }
    const auto found = std::ranges::find(kinds, kind, &std::pair<std::string_view, Severity>::first);
    return found == kinds.end() ? Severity::Warning : found->second;
}

std::string_view moduleOf(std::string_view kind) { return kind.substr(0, kind.find('.')); }

} // namespace zandb
