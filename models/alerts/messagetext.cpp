// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/alerts/messagetext.h"

#include "agent/protocol/printable.h"
#include "models/alerts/alerttext.h"

#include <QCoreApplication>

#include <algorithm>

namespace zandb {
namespace {

struct MessageText
{
    Q_DECLARE_TR_FUNCTIONS(MessageText)
};

constexpr std::size_t namedInLine = 5;
constexpr std::size_t mostListed = 1000;

std::string text(const QString &text) { return text.toStdString(); }

Alert alertOf(const AlertMessage &message)
{
    Alert alert;
    alert.id = message.alertId;
    alert.kind = message.kind;
    alert.subject = message.subject;
    alert.detail = message.detail;
    alert.raisedAt = alert.seenAt = message.at;
    return alert;
}

/// What one kind has to say.
struct SameKind
{
    Severity severity = Severity::Info;
    bool raised = true;
    std::string kind;
    std::vector<const AlertMessage *> messages;
};

std::string titleOf(const AlertMessage &message, const Fleet &fleet)
{
    const std::string title = printable(text(alertTitle(alertOf(message), fleet)));
    if (message.event == "test")
        return text(MessageText::tr("This is a test"));
    return message.event == "cleared" ? text(MessageText::tr("Ended: %1").arg(QString::fromStdString(title))) : title;
}

std::string lineOf(const SameKind &group, const Fleet &fleet)
{
    std::string mark = group.raised ? '[' + std::string(toString(group.severity)) + "] " : "";
    if (group.messages.size() == 1) {
        const AlertMessage &one = *group.messages.front();
        std::string line = mark + titleOf(one, fleet);
        if (const std::string detail = printable(text(alertDetail(alertOf(one)))); group.raised && !detail.empty())
            line += ". " + detail;
        return line;
    }
    std::string names;
    for (std::size_t i = 0; i < group.messages.size() && i < namedInLine; ++i)
        names += (i ? ", " : "") + printable(text(alertSubject(alertOf(*group.messages[i]), fleet)));
    const auto more = static_cast<int>(group.messages.size() - std::min(group.messages.size(), namedInLine));
    const QString first = QString::fromStdString(titleOf(*group.messages.front(), fleet));
    const QString all = MessageText::tr("%1 × %2").arg(group.messages.size()).arg(first);
    const QString who = more > 0 ? MessageText::tr("%1 and %2 more").arg(QString::fromStdString(names)).arg(more) : QString::fromStdString(names);
    return mark + text(all) + " (" + text(who) + ')';
}

Json jsonOf(const AlertMessage &message, const Fleet &fleet)
{
    const Alert alert = alertOf(message);
    return {{"id", message.id.toString()}, {"alert", message.alertId.toString()}, {"event", message.event}, {"kind", message.kind},
            {"severity", toString(message.severity())}, {"module", moduleOf(message.kind)}, {"subject", message.subject},
            {"name", text(alertSubject(alert, fleet))}, {"title", titleOf(message, fleet)}, {"text", text(alertDetail(alert))},
            {"at", toIso(message.at)}, {"detail", message.detail}};
}

} // namespace

std::string cutText(std::string text, std::size_t bytes)
{
    if (text.size() <= bytes)
        return text;
    constexpr std::string_view dots = "…";
    const bool fits = bytes >= dots.size() + 1;
    std::size_t end = fits ? bytes - dots.size() : bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    text.resize(end);
    return fits ? text.append(dots) : text;
}

Digest digestOf(const std::vector<AlertMessage> &messages, const Fleet &fleet, const std::string &source)
{
    Digest digest;
    std::vector<SameKind> groups;
    for (const AlertMessage &message : messages) {
        const bool raised = message.event != "cleared";
        ++(raised ? digest.raised : digest.cleared);
        digest.critical += raised && message.severity() == Severity::Critical;
        auto group = std::ranges::find_if(groups, [&](const SameKind &one) {
            return one.raised == raised && one.kind == message.kind && one.severity == message.severity();
        });
        if (group == groups.end())
            group = groups.insert(groups.end(), SameKind{message.severity(), raised, message.kind, {}});
        group->messages.push_back(&message);
        if (digest.alerts.size() < mostListed) {
            digest.alerts.push_back(jsonOf(message, fleet));
            digest.all.push_back(toIso(std::chrono::floor<std::chrono::seconds>(message.at)) + ' ' + lineOf({message.severity(), raised, message.kind, {&message}}, fleet));
        } else {
            ++digest.more;
        }
    }
    std::ranges::stable_sort(groups, [](const SameKind &a, const SameKind &b) { return std::pair(a.raised, a.severity) > std::pair(b.raised, b.severity); });
    for (const SameKind &group : groups)
        digest.lines.push_back(lineOf(group, fleet));
    if (messages.size() == 1)
        digest.headline = titleOf(messages.front(), fleet);
    else if (digest.raised == 0)
        digest.headline = text(MessageText::tr("%1 alerts have ended").arg(digest.cleared));
    else if (digest.cleared == 0)
        digest.headline = text(MessageText::tr("%1 alerts").arg(digest.raised));
    else
        digest.headline = text(MessageText::tr("%1 alerts, %2 ended").arg(digest.raised).arg(digest.cleared));
    if (digest.critical > 0 && messages.size() > 1)
        digest.headline += text(MessageText::tr(" (critical: %1)").arg(digest.critical));
    digest.title = "ZanDB " + printable(source) + ": " + digest.headline;
    return digest;
}

std::string plainText(const Digest &digest, std::size_t bytes)
{
    std::string all = digest.title;
    // a single alert's own line says more than its title, so the title only says whose it is
    for (std::size_t i = 0; i < digest.lines.size(); ++i) {
        const std::string line = '\n' + digest.lines[i];
        const std::size_t left = digest.lines.size() - i - 1;
        const std::string rest = '\n' + text(MessageText::tr("… and more of other kinds: %1").arg(left + 1));
        if (bytes == 0 || all.size() + line.size() + (left > 0 ? rest.size() : 0) <= bytes) {
            all += line;
            continue;
        }
        if (i == 0 && bytes > all.size())
            return cutText(all + line, bytes);
        return cutText(all + rest, bytes);
    }
    return cutText(all, bytes == 0 ? all.size() : bytes);
}

} // namespace zandb
