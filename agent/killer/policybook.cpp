// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/killer/policybook.h"

#include "agent/os/files.h"
#include "agent/os/log.h"
#include "agent/os/sha256.h"
#include "agent/protocol/killererrors.h"

namespace zandb::agent {
namespace {

constexpr std::size_t maxFile = 16u << 20;
/// A clock that was put back by more would prolong a validity without end.
constexpr auto clockSlack = std::chrono::minutes{10};

std::string nameOf(const wire::KillPolicy &policy)
{
    return Sha256::of(dumpJson(Json(policy)));
}

void hear(PolicyBook::Held &held, TimePoint now)
{
    held.heardAt = now;
    held.validUntil = now + std::chrono::seconds{wire::killValiditySeconds};
}

} // namespace

Result<PolicyBook> PolicyBook::open(std::filesystem::path file)
{
    PolicyBook book(std::move(file));
    std::error_code error;
    std::filesystem::create_directories(book.m_file.parent_path(), error);
    if (!std::filesystem::exists(book.m_file, error))
        return book;
    const auto text = readFile(book.m_file, maxFile);
    if (!text)
        return fail(text.error());
    const auto json = parseJson(*text);
    auto held = json ? decode<std::map<std::string, Held>>(*json) : Result<std::map<std::string, Held>>(fail(json.error()));
    if (!held) {
        logLine("the kill policies cannot be read, so nothing is killed until they are set again: " + describe(held.error()));
        std::filesystem::rename(book.m_file, book.m_file.string() + ".damaged", error);
        return book;
    }
    book.m_held = std::move(*held);
    return book;
}

Result<void> PolicyBook::check(const std::string &instance, const wire::KillSet &set) const
{
    if (const auto problem = wire::problemOf(set.policies); !problem.empty())
        return fail(errors::killerPolicy, {{"detail", std::string(problem)}});
    const auto held = m_held.find(instance);
    if (set.revision < 1 || (held != m_held.end() && set.revision < held->second.set.revision))
        return fail(errors::killerOlder, {{"instance", instance},
                                          {"revision", std::to_string(set.revision)},
                                          {"held", std::to_string(held == m_held.end() ? 0 : held->second.set.revision)}});
    return {};
}

Result<void> PolicyBook::write(std::map<std::string, Held> held)
{
    if (auto written = replaceFile(m_file, dumpJson(Json(held))); !written)
        return written;
    m_held = std::move(held);
    return {};
}

Result<void> PolicyBook::set(const std::string &instance, const wire::KillSet &set, const std::string &person, TimePoint now)
{
    if (auto right = check(instance, set); !right)
        return right;
    auto all = m_held;
    Held &held = all[instance];
    held.set = set;
    held.setBy = person;
    held.confirmed.clear();
    for (const wire::KillPolicy &policy : set.policies)
        held.confirmed.insert(nameOf(policy));
    hear(held, now);
    return write(std::move(all));
}

Result<void> PolicyBook::offer(const std::string &instance, const wire::KillSet &set, TimePoint now)
{
    if (auto right = check(instance, set); !right)
        return right;
    auto all = m_held;
    Held &held = all[instance];
    held.set = set;
    hear(held, now);
    return write(std::move(all));
}

Result<std::vector<std::string>> PolicyBook::renew(const std::map<std::string, std::int64_t> &revisions, TimePoint now)
{
    std::vector<std::string> differ;
    auto all = m_held;
    bool heard = false;
    for (auto &[instance, held] : all) {
        const auto wanted = revisions.find(instance);
        if (wanted == revisions.end() || wanted->second != held.set.revision) {
            differ.push_back(instance);
        } else {
            hear(held, now);
            heard = true;
        }
    }
    for (const auto &[instance, revision] : revisions) {
        if (!all.contains(instance) && revision != 0)
            differ.push_back(instance);
    }
    if (heard) {
        if (auto written = write(std::move(all)); !written)
            return fail(written.error());
    }
    return differ;
}

std::vector<std::string> PolicyBook::instances() const
{
    std::vector<std::string> names;
    for (const auto &[instance, held] : m_held)
        names.push_back(instance);
    return names;
}

bool PolicyBook::hasPolicies(const std::string &instance) const
{
    const auto held = m_held.find(instance);
    return held != m_held.end() && !held->second.set.policies.empty();
}

wire::KillerState PolicyBook::state(const std::string &instance, TimePoint now) const
{
    wire::KillerState state;
    state.instance = instance;
    const auto found = m_held.find(instance);
    if (found == m_held.end())
        return state;
    const Held &held = found->second;
    state.revision = held.set.revision;
    state.setBy = held.setBy;
    state.validUntil = held.validUntil;
    const bool expired = now >= held.validUntil || now + clockSlack < held.heardAt;
    for (const wire::KillPolicy &policy : held.set.policies) {
        const char *why = policy.dryRun ? "policy" : !held.confirmed.contains(nameOf(policy)) ? "unconfirmed" : expired ? "expired" : "";
        state.policies.push_back({policy, why});
    }
    return state;
}

} // namespace zandb::agent
