// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/alertscontroller.h"

#include "app/alerts/alertrepository.h"
#include "app/alerts/channelrepository.h"
#include "models/alerts/alerttext.h"
#include "models/common/errortext.h"
#include "models/common/text.h"
#include "widgets/alerts/channeldialog.h"

#include <algorithm>

namespace zandb::console {
namespace {

const QLatin1String alertsPage("alerts");
const QLatin1String channelsPage("channels");
constexpr int shownDeliveries = 500;
constexpr int answerTries = 60;      ///< once a second
constexpr int pollMs = 1000;

} // namespace

AlertsController::AlertsController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, StoreWatch &watch, QWidget *window, QObject *parent)
    : ListController(executor, state, watch, parent), m_settings(settings), m_ui(ui), m_window(window),
      m_list(this, [this]() -> Reading<std::vector<Alert>>::Job { return [ended = m_ended](store::Session &session) { return alerts::list(session, ended); }; },
             [this](std::vector<Alert> alerts) { show(std::move(alerts)); })
{
    wantOn({QStringLiteral("alert")}, {&m_list});
    const auto again = [this] {
        m_list.setActive(shows(alertsPage));
        m_list.want();
    };
    connect(&state, &ConsoleState::locationChanged, this, [this, again](const Location &before) {
        m_list.setActive(shows(alertsPage));
        if (before.scope != m_state.location().scope) {
            Q_EMIT asked();
            again();
        }
    });
    connect(&state, &ConsoleState::fleetChanged, this, again);
    connect(&state, &ConsoleState::languageChanged, this, again);
}

void AlertsController::setEnded(bool on)
{
    m_ended = on;
    Q_EMIT asked();
    m_list.restart();
}

void AlertsController::show(std::vector<Alert> alerts)
{
    const Fleet &fleet = *m_state.fleet();
    const Scope scope = m_state.location().scope;
    const ScopeContents contents = contentsOf(fleet, scope);
    std::vector<AlertRow> rows;
    for (Alert &alert : alerts) {
        AlertRow row;
        row.cause = placeOfAlert(alert, fleet);
        // what is about another host or instance than those of the scope is not of it; what is about neither is of every scope
        const bool other = (row.cause.scope.kind == Scope::Kind::Host && !contents.hosts.contains(row.cause.scope.id))
            || (row.cause.scope.kind == Scope::Kind::Instance && !contents.instances.contains(row.cause.scope.id));
        if (scope.kind != Scope::Kind::All && other)
            continue;
        row.title = alertTitle(alert, fleet);
        row.subject = alertSubject(alert, fleet);
        row.detail = alertDetail(alert);
        row.alert = std::move(alert);
        rows.push_back(std::move(row));
    }
    m_table.setRows(std::move(rows));
    m_table.refreshTexts();
    Q_EMIT loaded();
}

void AlertsController::acknowledge(const std::vector<Uuid> &ids)
{
    const QString what = tr("%n alert(s) acknowledged", nullptr, static_cast<int>(ids.size()));
    deliver<bool>(
        this,
        [&](Answer<bool> answer) {
            m_executor.post([answer, ids, person = m_settings.person](store::Session &session) {
                for (const Uuid &id : ids) {
                    const auto done = alerts::acknowledge(session, id, person);
                    if (!done && !done.error().is(errors::notFound)) { // it has ended meanwhile
                        answer(fail(done.error()));
                        return;
                    }
                }
                answer(true);
            });
        },
        [this, what](const Result<bool> &done) {
            if (!done)
                return m_ui.dialogs.message(m_window, tr("Not done"), errorText(done.error()));
            m_list.wantNow();
            Q_EMIT accepted(what);
        });
}

ChannelsController::ChannelsController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, StoreWatch &watch, QWidget *window, QObject *parent)
    : ListController(executor, state, watch, parent), m_settings(settings), m_ui(ui), m_window(window),
      m_list(this, []() -> Reading<Facts>::Job { return [](store::Session &session) { return read(session); }; }, [this](Facts facts) { show(std::move(facts)); }), m_answer(this),
      m_test(this)
{
    wantOn({QStringLiteral("channel"), QStringLiteral("alert")}, {&m_list});
    const auto again = [this] {
        m_list.setActive(shows(channelsPage));
        m_list.want();
    };
    connect(&state, &ConsoleState::locationChanged, this, again);
    connect(&state, &ConsoleState::fleetChanged, this, again);
    connect(&state, &ConsoleState::languageChanged, this, [this, again] {
        m_channels.refreshTexts();
        m_rules.refreshTexts();
        m_deliveries.refreshTexts();
        again();
    });
    const auto tellRole = [this] {
        Q_EMIT adminOnly(m_state.role() == StoreRole::Operator ? tr("Only an administrator of the store may change channels and rules.") : QString());
    };
    connect(&state, &ConsoleState::roleChanged, this, tellRole);
    connect(&state, &ConsoleState::languageChanged, this, tellRole);
    m_poll.setSingleShot(true);
    m_poll.setInterval(pollMs);
}

Result<ChannelsController::Facts> ChannelsController::read(store::Session &session)
{
    Facts facts;
    const auto channels = alerts::loadChannels(session);
    if (!channels)
        return fail(channels.error());
    const auto waiting = alerts::waitingMessages(session);
    if (!waiting)
        return fail(waiting.error());
    auto rules = alerts::loadRules(session);
    if (!rules)
        return fail(rules.error());
    auto deliveries = alerts::loadDeliveries(session, {.limit = shownDeliveries});
    if (!deliveries)
        return fail(deliveries.error());
    facts.rules = std::move(*rules);
    facts.deliveries = std::move(*deliveries);
    for (const Channel &channel : *channels) {
        ChannelRow row;
        row.channel = channel;
        if (const auto found = waiting->find(channel.id); found != waiting->end())
            row.waiting = found->second;
        QStringList missing;
        const ChannelKind *kind = channelKind(channel.kind);
        for (const std::string_view name : kind ? kind->secrets : std::vector<std::string_view>()) {
            if (!channel.sealed.contains(std::string(name)))
                missing << qs(name);
        }
        row.missing = missing.join(QStringLiteral(", "));
        const auto last = std::ranges::find_if(facts.deliveries, [&](const Delivery &delivery) { return delivery.channelId == channel.id && delivery.attempts > 0; });
        if (last != facts.deliveries.end())
            row.last = *last;
        facts.channels.push_back(std::move(row));
    }
    return facts;
}

void ChannelsController::show(Facts facts)
{
    std::vector<RuleRow> rules;
    for (AlertRule &rule : facts.rules) {
        QStringList groups, channels;
        for (const Uuid &id : rule.groups)
            groups << groupPath(*m_state.fleet(), id);
        for (const Uuid &id : rule.channels) {
            const auto found = std::ranges::find_if(facts.channels, [&](const ChannelRow &row) { return row.channel.id == id; });
            channels << (found == facts.channels.end() ? qs(id.toString()) : qs(found->channel.name));
        }
        rules.push_back({ruleId(rule.name), std::move(rule), groups.join(tr(", ")), channels.join(tr(", "))});
    }
    m_channels.setRows(std::move(facts.channels));
    m_rules.setRows(std::move(rules));
    m_deliveries.setRows(std::move(facts.deliveries));
    Q_EMIT loaded();
}

void ChannelsController::editChannel(const Uuid &id)
{
    const ChannelRow *row = channel(id);
    Channel asked;
    if (row)
        asked = row->channel;
    else if (!id.isNull())
        return;
    else
        asked.id = Uuid::v7();
    auto *dialog = new ChannelDialog(qs(m_settings.profile), asked, row == nullptr, m_window);
    connect(dialog, &ChannelDialog::saveRequested, this, [this, known = row ? row->channel.revision : 0](const Channel &made, const std::map<std::string, std::string> &secrets) {
        write(tr("Channel %1 saved").arg(qs(made.name)), [made, secrets, known](store::Session &session) -> Result<void> {
            Channel sealed = made;
            for (const auto &[name, secret] : secrets) {
                if (auto done = alerts::sealInto(session, sealed, name, secret); !done)
                    return done;
            }
            return alerts::setChannel(session, sealed, known);
        });
    });
    dialog->open();
}

void ChannelsController::removeChannel(const Uuid &id)
{
    const ChannelRow *row = channel(id);
    if (!row)
        return;
    const QString name = qs(row->channel.name);
    for (const RuleRow &one : m_rules.rows()) {
        if (std::ranges::find(one.rule.channels, id) != one.rule.channels.end())
            return m_ui.dialogs.message(m_window, tr("Not done"), tr("The rule %1 names this channel: change or remove the rule first.").arg(qs(one.rule.name)));
    }
    Dialogs::Question question;
    question.title = tr("Remove a channel — %1").arg(qs(m_settings.profile));
    question.text = tr("%1 is not told anything any more. What waits for it is dropped; its messages stay in the list.").arg(name);
    question.accept = tr("Remove %1").arg(name);
    if (m_settings.production)
        question.typeToConfirm = name;
    m_ui.dialogs.confirm(m_window, question, [this, channel = row->channel, name] {
        write(tr("Channel %1 removed").arg(name), [channel](store::Session &session) { return alerts::removeChannel(session, channel); });
    });
}

void ChannelsController::editRule(const Uuid &id)
{
    const RuleRow *row = rule(id);
    if (!row && !id.isNull())
        return;
    std::vector<std::pair<Uuid, QString>> groups, channels;
    for (const Group &group : m_state.fleet()->groups)
        groups.emplace_back(group.id, groupPath(*m_state.fleet(), group.id));
    std::ranges::sort(groups, {}, &std::pair<Uuid, QString>::second);
    for (const ChannelRow &one : m_channels.rows())
        channels.emplace_back(one.channel.id, qs(one.channel.name));
    auto *dialog = new AlertRuleDialog(qs(m_settings.profile), row ? row->rule : AlertRule(), row == nullptr, groups, channels, m_window);
    connect(dialog, &AlertRuleDialog::saveRequested, this, [this](const AlertRule &made) {
        write(tr("Rule %1 saved").arg(qs(made.name)), [made](store::Session &session) { return alerts::setRule(session, made); });
    });
    dialog->open();
}

void ChannelsController::removeRule(const Uuid &id)
{
    const RuleRow *row = rule(id);
    if (!row)
        return;
    const QString name = qs(row->rule.name);
    Dialogs::Question question;
    question.title = tr("Remove a rule — %1").arg(qs(m_settings.profile));
    question.text = tr("A channel that no other rule names is told every warning and worse from then on.");
    question.accept = tr("Remove %1").arg(name);
    m_ui.dialogs.confirm(m_window, question, [this, name, plain = row->rule.name] {
        write(tr("Rule %1 removed").arg(name), [plain](store::Session &session) { return alerts::removeRule(session, plain); });
    });
}

void ChannelsController::test(const Uuid &id)
{
    const ChannelRow *row = channel(id);
    if (!row)
        return;
    if (m_state.members() == 0)
        return m_ui.dialogs.message(m_window, tr("Not tested"), tr("No headless instance runs, and only it sends messages."));
    m_tested = qs(row->channel.name);
    Q_EMIT testing(id);
    ask<Uuid>(
        m_executor, m_test, [channel = row->channel](store::Session &session) { return alerts::askForTest(session, channel); },
        [this](const Result<Uuid> &message) {
            if (!message) {
                Q_EMIT testing(Uuid{});
                return m_ui.dialogs.message(m_window, tr("Not tested"), errorText(message.error()));
            }
            m_message = *message;
            lookForAnswer(answerTries);
        });
}

void ChannelsController::lookForAnswer(int left)
{
    ask<std::vector<Delivery>>(
        m_executor, m_answer, [message = m_message](store::Session &session) { return alerts::loadDeliveries(session, {.message = message}); },
        [this, left](const Result<std::vector<Delivery>> &found) {
            if (found && !found->empty() && found->front().attempts > 0) {
                const Delivery &delivery = found->front();
                Q_EMIT testing(Uuid{});
                m_list.wantNow();
                const QString answer = delivery.answer.empty() ? QString() : QLatin1Char('\n') + qs(delivery.answer);
                return m_ui.dialogs.message(m_window, delivery.error ? tr("%1 did not take it").arg(m_tested) : tr("%1 took it").arg(m_tested),
                                            delivery.error ? errorText(*delivery.error) + answer : tr("The gateway has taken the test message.") + answer);
            }
            if (left <= 0) {
                Q_EMIT testing(Uuid{});
                return m_ui.dialogs.message(m_window, tr("No answer yet"), tr("The headless instance has not sent the test within a minute. Look at the list of messages later."));
            }
            m_poll.disconnect(this);
            connect(&m_poll, &QTimer::timeout, this, [this, left] { lookForAnswer(left - 1); });
            m_poll.start();
        });
}

void ChannelsController::write(const QString &what, std::function<Result<void>(store::Session &)> job)
{
    deliver<bool>(
        this,
        [&](Answer<bool> answer) {
            m_executor.post([answer, job = std::move(job)](store::Session &session) {
                const auto done = job(session);
                answer(done ? Result<bool>(true) : fail(done.error()));
            });
        },
        [this, what](const Result<bool> &done) {
            if (!done)
                return m_ui.dialogs.message(m_window, tr("Not done"), what + QStringLiteral(":\n") + errorText(done.error()));
            m_list.wantNow();
            Q_EMIT accepted(what);
        });
}

} // namespace zandb::console
