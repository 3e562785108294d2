// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/standardscontroller.h"

#include "agent/rules/samevalue.h"
#include "app/config/driftcheck.h"
#include "app/config/driftrepository.h"
#include "models/common/errortext.h"
#include "models/common/text.h"

#include <algorithm>
#include <set>

namespace zandb::console {
namespace {

const QLatin1String page("standards");

std::set<Uuid> instancesOf(const Fleet &fleet, const Scope &scope)
{
    if (scope.kind != Scope::Kind::All) {
        const auto contents = contentsOf(fleet, scope);
        return {contents.instances.begin(), contents.instances.end()};
    }
    std::set<Uuid> all;
    for (const InstanceRecord &record : fleet.instances)
        all.insert(record.instance.id);
    return all;
}

} // namespace

StandardsController::StandardsController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, StoreWatch &watch, AgentCalls &calls, WithKey withKey, QWidget *window)
    : ListController(executor, state, watch, nullptr), m_settings(settings), m_ui(ui), m_calls(calls), m_withKey(std::move(withKey)), m_window(window),
      m_list(this, [this] { return question(); }, [this](Facts facts) {
          m_facts = std::move(facts);
          show();
      })
{
    wantOn({QStringLiteral("drift")}, {&m_list});
    connect(&state, &ConsoleState::locationChanged, this, [this](const Location &before) {
        m_list.setActive(shows(page));
        if (before.scope == m_state.location().scope)
            return;
        Q_EMIT asked();
        m_list.restart();
    });
    connect(&state, &ConsoleState::fleetChanged, this, [this] {
        m_list.setActive(shows(page));
        m_list.want();
    });
    connect(&state, &ConsoleState::languageChanged, this, &StandardsController::show);
}

StandardsController::~StandardsController() = default;

Result<StandardsController::Facts> StandardsController::read(store::Session &session, const Fleet &fleet, const Scope &scope, TimePoint now)
{
    const auto facts = config::loadFacts(session);
    auto rules = config::loadStandard(session);
    const auto exceptions = config::loadExceptions(session);
    if (!facts || !rules || !exceptions)
        return fail(!facts ? facts.error() : !rules ? rules.error() : exceptions.error());
    const std::set<Uuid> wanted = instancesOf(fleet, scope);
    Facts found;
    found.counts.instances = static_cast<int>(wanted.size());
    for (const DriftFacts &one : *facts) {
        if (!wanted.contains(one.instanceId))
            continue;
        ++found.counts.read;
        if (!found.counts.oldest || one.at < *found.counts.oldest)
            found.counts.oldest = one.at;
    }
    // peers are those of the whole fleet, whatever is selected
    for (DriftFinding &finding : findDrift({fleet, *facts, *rules, *exceptions, now})) {
        if (!wanted.contains(finding.instanceId))
            continue;
        DriftRow row;
        row.path = qs(fleet.pathOf(finding.instanceId));
        if (finding.accepted)
            row.exception = *finding.accepted;
        finding.accepted = nullptr;
        row.finding = std::move(finding);
        ++(row.exception ? found.counts.accepted : found.counts.open);
        found.counts.repairable += !row.exception && isRepairable(row.finding);
        found.rows.push_back(std::move(row));
    }
    found.rules = std::move(*rules);
    return found;
}

Reading<StandardsController::Facts>::Job StandardsController::question() const
{
    return [fleet = m_state.fleet(), scope = m_state.location().scope, now = m_state.now()](store::Session &session) { return read(session, *fleet, scope, now); };
}

void StandardsController::show()
{
    std::vector<DriftRow> rows;
    for (const DriftRow &row : m_facts.rows) {
        if (m_acceptedShown || !row.exception)
            rows.push_back(row);
    }
    m_findings.setRows(std::move(rows));
    std::vector<StandardRow> rules;
    for (const StandardRule &rule : m_facts.rules)
        rules.push_back({rule, placeName(rule.scope)});
    m_standard.setRows(std::move(rules));
    m_findings.refreshTexts();
    m_standard.refreshTexts();
    Q_EMIT factsChanged(m_facts.counts);
    Q_EMIT loaded();
}

void StandardsController::setAcceptedShown(bool on)
{
    m_acceptedShown = on;
    show();
}

void StandardsController::check()
{
    const auto wanted = instancesOf(*m_state.fleet(), m_state.location().scope);
    checkThese({wanted.begin(), wanted.end()});
}

void StandardsController::checkThese(const std::vector<Uuid> &instances)
{
    if (m_checking > 0 || instances.empty())
        return;
    m_withKey([this, instances] {
        if (m_checking > 0)
            return;
        m_checking = static_cast<int>(instances.size());
        m_checked = 0;
        m_troubles.clear();
        Q_EMIT checkingChanged(m_checked, m_checking, m_troubles);
        m_check = std::jthread([this, instances, store = m_settings.store, pool = m_calls.pool(), fleet = m_state.fleet()](const std::stop_token &stop) {
            const auto told = [this, fleet](const Uuid &id, const std::optional<Error> &error) {
                QMetaObject::invokeMethod(this, [this, fleet, id, error] {
                    ++m_checked;
                    if (error)
                        m_troubles << qs(fleet->pathOf(id)) + QStringLiteral(": ") + errorSummary(*error);
                    Q_EMIT checkingChanged(m_checked, m_checking, m_troubles);
                }, Qt::QueuedConnection);
            };
            config::checkDrift(store, *pool, *fleet, instances, told, stop);
            QMetaObject::invokeMethod(this, [this] {
                m_checking = 0;
                Q_EMIT checkingChanged(0, 0, m_troubles);
                m_list.wantNow();
            }, Qt::QueuedConnection);
        });
    });
}

std::vector<DriftRow> StandardsController::rowsOf(const std::vector<Uuid> &ids) const
{
    std::vector<DriftRow> rows;
    for (const DriftRow &row : m_facts.rows) {
        if (ids.empty() || std::ranges::find(ids, m_findings.key(row)) != ids.end())
            rows.push_back(row);
    }
    return rows;
}

void StandardsController::repair(const std::vector<Uuid> &ids)
{
    std::vector<DriftFinding> findings;
    for (const DriftRow &row : rowsOf(ids)) {
        if (!row.exception)
            findings.push_back(row.finding);
    }
    const std::vector<DriftFacts> facts;
    const std::vector<DriftException> exceptions;
    std::vector<ConfigWish> wishes;
    for (auto &[instance, changes] : repairsOf({*m_state.fleet(), facts, m_facts.rules, exceptions, {}}, findings)) {
        ConfigWish wish;
        wish.instance = instance;
        wish.path = qs(m_state.fleet()->pathOf(instance));
        wish.args.changes = std::move(changes);
        wishes.push_back(std::move(wish));
    }
    if (!wishes.empty())
        Q_EMIT repairAgreed(tr("Repair differences on %n instance(s)", nullptr, static_cast<int>(wishes.size())), wishes);
}

void StandardsController::accept(const std::vector<Uuid> &ids)
{
    std::vector<DriftRow> rows = rowsOf(ids);
    std::erase_if(rows, [](const DriftRow &row) { return row.exception.has_value(); });
    if (rows.empty() || m_dialog)
        return;
    QStringList lines;
    for (const DriftRow &row : rows)
        lines << QStringLiteral("%1: %2, %3").arg(row.path, qs(row.finding.subject), driftText(row.finding.code));
    auto *dialog = new AcceptDialog(qs(m_settings.profile), lines, m_window);
    m_dialog = dialog;
    connect(dialog, &AcceptDialog::acceptAgreed, this, [this, rows](const QString &reason, int days) {
        write(tr("Accept %n difference(s)", nullptr, static_cast<int>(rows.size())), [rows, reason = reason.toStdString(), until = m_state.now() + std::chrono::days(days)](store::Session &session) -> Result<void> {
            for (const DriftRow &row : rows) {
                DriftException exception{Uuid::v7(), row.finding.instanceId, row.finding.code, row.finding.subject, reason, {}, {}, until};
                if (auto done = config::acceptDrift(session, exception); !done)
                    return done;
            }
            return {};
        });
    });
    dialog->open();
}

QString StandardsController::placeName(const Uuid &scope) const
{
    if (scope.isNull())
        return tr("the whole fleet");
    const Fleet &fleet = *m_state.fleet();
    if (fleet.instance(scope))
        return qs(fleet.pathOf(scope));
    QStringList names;
    for (std::optional<Uuid> id = scope; id && names.size() < 64;) {
        const auto group = std::ranges::find(fleet.groups, *id, &Group::id);
        if (group == fleet.groups.end())
            break;
        names.prepend(qs(group->name));
        id = group->parentId;
    }
    return names.isEmpty() ? tr("a place that is gone") : names.join(QLatin1Char('/'));
}

std::vector<std::pair<Uuid, QString>> StandardsController::places() const
{
    std::vector<std::pair<Uuid, QString>> places;
    for (const Group &group : m_state.fleet()->groups)
        places.emplace_back(group.id, placeName(group.id));
    for (const InstanceRecord &record : m_state.fleet()->instances)
        places.emplace_back(record.instance.id, placeName(record.instance.id));
    std::ranges::stable_sort(places, {}, &std::pair<Uuid, QString>::second);
    places.insert(places.begin(), {Uuid(), placeName(Uuid())});
    return places;
}

void StandardsController::askRule(const std::vector<Uuid> &ids)
{
    StandardDialog::Question question;
    const Scope &scope = m_state.location().scope;
    if (scope.kind == Scope::Kind::Group || scope.kind == Scope::Kind::Instance)
        question.place = scope.id;
    if (!ids.empty()) {
        const auto rows = rowsOf(ids);
        if (rows.empty())
            return;
        question.variable = qs(rows.front().finding.subject);
        question.value = qs(rows.front().finding.found);
    }
    openRule(std::move(question));
}

void StandardsController::editRule(const Uuid &rule)
{
    const StandardRow *row = m_standard.row(m_standard.rowOf(rule));
    if (!row)
        return;
    StandardDialog::Question question;
    question.place = row->rule.scope;
    question.variable = qs(row->rule.name);
    question.value = row->rule.value ? std::optional(qs(*row->rule.value)) : std::nullopt;
    question.isEdit = true;
    openRule(std::move(question));
}

void StandardsController::openRule(StandardDialog::Question question)
{
    if (m_dialog)
        return;
    question.profile = qs(m_settings.profile);
    question.places = places();
    auto *dialog = new StandardDialog(question, m_window);
    m_dialog = dialog;
    connect(dialog, &StandardDialog::ruleAgreed, this, [this](const Uuid &place, const QString &variable, const std::optional<QString> &value) {
        const std::string name = rules::variableName(variable.toStdString());
        const auto wanted = value ? std::optional(value->toStdString()) : std::nullopt;
        write(tr("Set the standard of %1").arg(qs(name)), [place, name, wanted](store::Session &session) { return config::setStandard(session, place, name, wanted); });
    });
    dialog->open();
}

void StandardsController::removeRules(const std::vector<Uuid> &ids)
{
    std::vector<StandardRule> rules;
    QStringList lines;
    for (const Uuid &id : ids) {
        if (const StandardRow *row = m_standard.row(m_standard.rowOf(id))) {
            rules.push_back(row->rule);
            lines << QStringLiteral("%1: %2").arg(row->place, qs(row->rule.name));
        }
    }
    if (rules.empty())
        return;
    const int count = static_cast<int>(rules.size());
    Dialogs::Question question;
    question.title = tr("Remove from the standard — %1").arg(qs(m_settings.profile));
    question.text = tr("%n rule(s) are removed; farther rules and peers hold there instead:", nullptr, count) + QStringLiteral("\n\n") + lines.mid(0, 10).join(QLatin1Char('\n'));
    question.accept = tr("Remove %n rule(s)", nullptr, count);
    m_ui.dialogs.confirm(m_window, question, [this, rules, count] {
        write(tr("Remove %n rule(s)", nullptr, count), [rules](store::Session &session) -> Result<void> {
            for (const StandardRule &rule : rules) {
                if (auto done = config::removeStandard(session, rule.scope, rule.name); !done)
                    return done;
            }
            return {};
        });
    });
}

void StandardsController::write(const QString &what, std::function<Result<void>(store::Session &)> job)
{
    struct Written
    {
    };
    deliver<Written>(
        this,
        [&](Answer<Written> answer) {
            m_executor.post([answer, job = std::move(job)](store::Session &session) {
                const auto done = job(session);
                answer(done ? Result<Written>(Written{}) : Result<Written>(fail(done.error())));
            });
        },
        [this, what](const Result<Written> &done) {
            if (!done)
                m_ui.dialogs.message(m_window, tr("Not done"), what + QStringLiteral(":\n") + errorText(done.error()));
            else
                Q_EMIT accepted(what);
            m_list.wantNow();
        });
}

} // namespace zandb::console
