// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/alerts/alertmodels.h"

#include "models/alerts/slowalert.h"
#include "models/alerts/watch.h"
#include "models/common/cell.h"
#include "models/common/errortext.h"

#include <QCoreApplication>
#include <QCryptographicHash>

#include <algorithm>

namespace zandb {
namespace {

struct AlertListText
{
    Q_DECLARE_TR_FUNCTIONS(AlertListText)
};

QString listed(const std::vector<std::string> &names)
{
    QStringList parts;
    for (const std::string &name : names)
        parts << qs(name);
    return parts.join(AlertListText::tr(", "));
}

} // namespace

Look lookOf(Severity severity)
{
    return severity == Severity::Critical ? Look::Failed : severity == Severity::Warning ? Look::Late : Look::Pending;
}

QString severityText(Severity severity)
{
    return severity == Severity::Critical ? AlertListText::tr("critical") : severity == Severity::Warning ? AlertListText::tr("warning") : AlertListText::tr("info");
}

Location placeOfAlert(const Alert &alert, const Fleet &fleet)
{
    Location to;
    to.page.clear();
    if (alert.kind == channelFailingAlert) {
        to.page = QStringLiteral("channels");
        return to;
    }
    if (alert.kind == taskUnreadableAlert) {
        to.page = QStringLiteral("tasks");
        to.subject = Subject(taskSubject, qs(alert.subject));
        return to;
    }
    if (alert.kind == slowRegressionAlert) {
        const auto text = [&](const char *name) { return alert.detail.is_object() && alert.detail.contains(name) && alert.detail[name].is_string() ? alert.detail[name].get<std::string>() : std::string(); };
        const auto instance = Uuid::parse(text("instance"));
        to.page = QStringLiteral("slow");
        if (instance && fleet.instance(*instance))
            to.scope = {Scope::Kind::Instance, *instance};
        return to;
    }
    const auto id = Uuid::parse(std::string_view(alert.subject).substr(0, alert.subject.find('|')));
    if (!id)
        return to;
    if (fleet.host(*id)) {
        to.page = QStringLiteral("fleet");
        to.scope = {Scope::Kind::Host, *id};
    } else if (fleet.instance(*id)) {
        to.scope = {Scope::Kind::Instance, *id};
        const bool run = alert.kind.ends_with(".failed") || alert.kind.ends_with(".late") || alert.kind.ends_with(".missed");
        const bool backup = moduleOf(alert.kind) == "backup";
        to.page = backup ? QStringLiteral("backups") : run ? QStringLiteral("runs") : QStringLiteral("instance");
        if (!backup && !run)
            to.subject = Subject(instanceSubject, *id);
    }
    return to;
}

bool AlertTableModel::same(const AlertRow &a, const AlertRow &b) const
{
    return a.alert.revision == b.alert.revision && a.alert.count == b.alert.count && a.alert.clearedAt == b.alert.clearedAt && a.alert.ackedBy == b.alert.ackedBy && a.title == b.title
        && a.detail == b.detail;
}

QVariant AlertTableModel::cell(const AlertRow &row, int column, int role) const
{
    const Alert &alert = row.alert;
    if (role == IdRole)
        return QVariant::fromValue(alert.id);
    switch (column) {
    case Level:
        if (alert.clearedAt)
            return lookAnswer(Look::Ok, [] { return AlertListText::tr("ended"); }, role);
        return lookAnswer(lookOf(severityOf(alert.kind, alert.detail)), [&] { return severityText(severityOf(alert.kind, alert.detail)); }, role);
    case Title:
        return answer({row.title, {}, {}, {}, false}, role);
    case Subject:
        return answer({row.subject, {}, {}, {}, false}, role);
    case Since:
        return timeAnswer(alert.raisedAt, role);
    case Times:
        return integerAnswer(alert.count, role);
    case Acknowledged:
        return answer(textCell(alert.ackedBy), role);
    case Ended:
        return timeAnswer(alert.clearedAt, role);
    case Kind:
        return answer(textCell(alert.kind), role);
    default:
        return {};
    }
}

QVariant AlertTableModel::header(int column, int role) const
{
    const auto title = [&](const QString &text) { return headerAnswer(text, column == Times, role, column == Since || column == Ended ? inUtc : QLatin1String()); };
    switch (column) {
    case Level:
        return title(tr("Level"));
    case Title:
        return title(tr("Alert"));
    case Subject:
        return title(tr("About"));
    case Since:
        return title(tr("Since"));
    case Times:
        return title(tr("Times seen"));
    case Acknowledged:
        return title(tr("Acknowledged by"));
    case Ended:
        return title(tr("Ended"));
    case Kind:
        return title(tr("Kind"));
    default:
        return {};
    }
}

QString channelTarget(const Channel &channel)
{
    const ChannelSettings &settings = channel.settings;
    if (!settings.to.empty())
        return listed(settings.to);
    const ChannelKind *kind = channelKind(channel.kind);
    return !settings.program.empty() ? qs(settings.program) : !settings.url.empty() ? qs(settings.url) : kind ? qs(kind->address) : QString();
}

Look ChannelTableModel::look(const ChannelRow &row)
{
    if (!row.missing.isEmpty())
        return Look::Failed;
    if (!row.channel.enabled)
        return Look::Skipped;
    return !row.last ? Look::Pending : row.last->error ? Look::Failed : Look::Ok;
}

QString ChannelTableModel::stateText(const ChannelRow &row)
{
    if (!row.missing.isEmpty())
        return tr("secret missing");
    if (!row.channel.enabled)
        return tr("off");
    return !row.last ? tr("never used") : row.last->error ? tr("failing") : tr("works");
}

bool ChannelTableModel::same(const ChannelRow &a, const ChannelRow &b) const
{
    return a.channel.revision == b.channel.revision && a.waiting == b.waiting && a.missing == b.missing && a.last.has_value() == b.last.has_value()
        && (!a.last || (a.last->id == b.last->id && a.last->attempts == b.last->attempts));
}

QVariant ChannelTableModel::cell(const ChannelRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(row.channel.id);
    switch (column) {
    case State:
        return lookAnswer(look(row), [&] { return stateText(row); }, role);
    case Name:
        return answer(textCell(row.channel.name), role);
    case Kind: {
        const ChannelKind *kind = channelKind(row.channel.kind);
        return answer({kind ? qs(kind->title) : qs(row.channel.kind), {}, {}, {}, false}, role);
    }
    case To:
        return answer({channelTarget(row.channel), {}, {}, {}, false}, role);
    case Waiting:
        return integerAnswer(row.waiting, role);
    case LastSent:
        return timeAnswer(row.last ? std::optional(row.last->createdAt) : std::nullopt, role);
    default:
        return {};
    }
}

QVariant ChannelTableModel::header(int column, int role) const
{
    const auto title = [&](const QString &text) { return headerAnswer(text, column == Waiting, role, column == LastSent ? inUtc : QLatin1String()); };
    switch (column) {
    case State:
        return title(tr("State"));
    case Name:
        return title(tr("Channel"));
    case Kind:
        return title(tr("Kind"));
    case To:
        return title(tr("To"));
    case Waiting:
        return title(tr("Waiting"));
    case LastSent:
        return title(tr("Last message"));
    default:
        return {};
    }
}

Uuid ruleId(const std::string &name)
{
    const QByteArray hash = QCryptographicHash::hash(QByteArray::fromStdString(name), QCryptographicHash::Sha256).left(16);
    return Uuid::fromBytes({hash.constData(), static_cast<std::size_t>(hash.size())}).value_or(Uuid{});
}

QVariant RuleTableModel::cell(const RuleRow &row, int column, int role) const
{
    const AlertRule &rule = row.rule;
    if (role == IdRole)
        return QVariant::fromValue(row.id);
    const auto orAll = [](const QString &text) { return text.isEmpty() ? AlertListText::tr("all") : text; };
    switch (column) {
    case Name:
        return answer(textCell(rule.name), role);
    case Least: {
        const auto severity = severityFromString(rule.severity);
        return answer({severity ? AlertListText::tr("%1 and above").arg(severityText(*severity)) : qs(rule.severity), {}, {}, {}, false}, role);
    }
    case Modules:
        return answer({orAll(listed(rule.modules)), {}, {}, {}, false}, role);
    case Groups:
        return answer({orAll(row.groups), {}, {}, {}, false}, role);
    case Channels:
        return answer({orAll(row.channels), {}, {}, {}, false}, role);
    case Quiet:
        return answer({rule.quietFrom.empty() ? QString() : QStringLiteral("%1 \u2013 %2 (%3)").arg(qs(rule.quietFrom), qs(rule.quietTo), qs(rule.quietZone)), {}, {}, {}, false}, role);
    case Recovery:
        return answer({rule.recovery ? AlertListText::tr("yes") : AlertListText::tr("no"), {}, {}, {}, false}, role);
    default:
        return {};
    }
}

QVariant RuleTableModel::header(int column, int role) const
{
    const auto title = [&](const QString &text) { return headerAnswer(text, false, role); };
    switch (column) {
    case Name:
        return title(tr("Rule"));
    case Least:
        return title(tr("Level"));
    case Modules:
        return title(tr("Modules"));
    case Groups:
        return title(tr("Groups"));
    case Channels:
        return title(tr("Channels"));
    case Quiet:
        return title(tr("Quiet hours"));
    case Recovery:
        return title(tr("Tells the end"));
    default:
        return {};
    }
}

QVariant DeliveryTableModel::cell(const Delivery &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(row.id);
    switch (column) {
    case State: {
        const Look look = row.state == "sent" ? Look::Ok : row.state == "failed" ? Look::Failed : row.error ? Look::Late : Look::Running;
        return lookAnswer(look, [&] { return look == Look::Ok ? tr("sent") : look == Look::Failed ? tr("given up") : look == Look::Late ? tr("trying again") : tr("sending"); }, role);
    }
    case Made:
        return timeAnswer(row.createdAt, role, true);
    case ChannelName:
        return answer(textCell(row.channel), role);
    case Messages:
        return integerAnswer(row.messages, role);
    case Title:
        return answer(textCell(row.title), role);
    case Tries:
        return integerAnswer(row.attempts, role);
    case Answer: {
        const QString said = row.error ? errorSummary(*row.error) : qs(row.answer);
        return answer({row.status > 0 ? QStringLiteral("%1 %2").arg(row.status).arg(said) : said, {}, {}, {}, false}, role);
    }
    default:
        return {};
    }
}

QVariant DeliveryTableModel::header(int column, int role) const
{
    const auto title = [&](const QString &text) { return headerAnswer(text, column == Messages || column == Tries, role, column == Made ? inUtc : QLatin1String()); };
    switch (column) {
    case State:
        return title(tr("State"));
    case Made:
        return title(tr("When"));
    case ChannelName:
        return title(tr("Channel"));
    case Messages:
        return title(tr("Alerts"));
    case Title:
        return title(tr("Message"));
    case Tries:
        return title(tr("Tries"));
    case Answer:
        return title(tr("Answer"));
    default:
        return {};
    }
}

} // namespace zandb
