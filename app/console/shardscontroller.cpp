// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/shardscontroller.h"

#include "app/platform/input.h"
#include "app/sharding/shardcompare.h"
#include "models/common/errortext.h"
#include "models/common/text.h"
#include "models/fleet/scope.h"

#include <algorithm>

namespace zandb::console {
namespace {

const QLatin1String page("shards");
constexpr std::size_t mostRows = 100'000;
constexpr std::size_t mostImport = 64u << 20;
constexpr std::size_t mostFound = 50;
constexpr qsizetype mostLines = 12;

QString ownerOf(const Fleet &fleet, const Shard &shard)
{
    return shard.instance && fleet.instance(*shard.instance) ? qs(fleet.pathOf(*shard.instance)) : qs(shard.owner);
}

/// The worse of two is what a shard's row says.
int weightOf(const std::string &kind)
{
    return kind.empty() ? 0 : shardFindingLook(kind) == Look::Failed ? 2 : 1;
}

} // namespace

ShardsController::ShardsController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, StoreWatch &watch, AgentCalls &calls, WithKey withKey,
                                   QWidget *window)
    : ListController(executor, state, watch, nullptr), m_settings(settings), m_ui(ui), m_calls(calls), m_withKey(std::move(withKey)), m_window(window),
      m_list(this, [this] { return question(); },
             [this](Facts facts) {
                 m_facts = std::move(facts);
                 show();
             }),
      m_planning(this), m_finding(this)
{
    wantOn({QStringLiteral("shard"), QStringLiteral("snapshot")}, {&m_list});
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
    connect(&state, &ConsoleState::languageChanged, this, &ShardsController::show);
}

ShardsController::~ShardsController() = default;

Reading<ShardsController::Facts>::Job ShardsController::question() const
{
    return [fleet = m_state.fleet(), scope = m_state.location().scope](store::Session &session) -> Result<Facts> {
        sharding::ShardFilter filter;
        const bool isAll = scope.kind == Scope::Kind::All;
        if (!isAll) {
            const auto contents = contentsOf(*fleet, scope);
            filter.instances.emplace(contents.instances.begin(), contents.instances.end());
        }
        auto shards = sharding::listShards(session, filter, mostRows + 1);
        const auto findings = sharding::audit(session, *fleet, {});
        auto rules = sharding::listRules(session);
        if (!shards || !findings || !rules)
            return fail(!shards ? shards.error() : !findings ? findings.error() : rules.error());
        Facts facts;
        facts.counts.isCut = shards->size() > mostRows;
        if (facts.counts.isCut)
            shards->resize(mostRows);
        std::set<std::string> databases;
        std::map<std::pair<std::string, std::int64_t>, std::string> worst;
        for (const ShardFinding &finding : *findings) {
            std::string &kind = worst[{finding.database, finding.number}];
            if (finding.number >= 0 && weightOf(finding.kind) > weightOf(kind))
                kind = finding.kind;
        }
        facts.shards.reserve(shards->size());
        for (Shard &shard : *shards) {
            databases.insert(shard.database);
            ShardRow row;
            row.owner = ownerOf(*fleet, shard);
            row.isKnown = shard.instance && fleet->instance(*shard.instance);
            if (const auto it = worst.find({shard.database, shard.number}); it != worst.end())
                row.finding = it->second;
            row.shard = std::move(shard);
            facts.shards.push_back(std::move(row));
        }
        for (const ShardFinding &finding : *findings) {
            if (isAll || databases.contains(finding.database))
                facts.findings.push_back(findingRowOf(finding));
        }
        facts.rules = std::move(*rules);
        facts.counts.shards = static_cast<int>(facts.shards.size());
        facts.counts.databases = static_cast<int>(databases.size());
        return facts;
    };
}

void ShardsController::show()
{
    m_shards.setRows(m_facts.shards);
    std::vector<ShardFindingRow> findings = m_facts.findings;
    findings.insert(findings.end(), m_differences.begin(), m_differences.end());
    ShardsFacts counts = m_facts.counts;
    counts.findings = static_cast<int>(findings.size());
    counts.compared = m_compared;
    counts.unread = m_unread;
    m_findings.setRows(std::move(findings));
    std::vector<ShardRuleRow> rules;
    for (const ShardRule &rule : m_facts.rules) {
        const QString group = rule.group ? groupPath(*m_state.fleet(), *rule.group) : tr("the whole fleet");
        rules.push_back({rule, group.isEmpty() ? tr("a group that is gone") : group});
    }
    m_rules.setRows(std::move(rules));
    m_shards.refreshTexts();
    m_findings.refreshTexts();
    m_rules.refreshTexts();
    Q_EMIT factsChanged(counts);
    Q_EMIT loaded();
}

void ShardsController::find(const QString &text, std::function<void(std::vector<GoToBox::Entry>)> found)
{
    if (text.trimmed().isEmpty()) {
        m_finding.stop();
        return found({});
    }
    ask<std::vector<Shard>>(
        m_executor, m_finding, [words = text.toStdString()](store::Session &session) { return sharding::findShards(session, words, mostFound); },
        [this, found = std::move(found)](const Result<std::vector<Shard>> &shards) {
            std::vector<GoToBox::Entry> entries;
            for (const Shard &shard : shards ? *shards : std::vector<Shard>{}) {
                GoToBox::Entry entry;
                entry.icon = QStringLiteral("page-shards");
                entry.text = tr("%1, shard %2").arg(qs(shard.database), QString::number(shard.number)) + (shard.schema.empty() ? QString() : QStringLiteral(" (%1)").arg(qs(shard.schema)));
                entry.kind = tr("shard on %1").arg(ownerOf(*m_state.fleet(), shard));
                entry.act = [this, id = shard.id] {
                    Location to = m_state.location();
                    to.page = page;
                    to.scope = {};
                    to.subject.reset();
                    m_state.goTo(to);
                    Q_EMIT shardWanted(id);
                };
                entries.push_back(std::move(entry));
            }
            found(std::move(entries));
        });
}

void ShardsController::askImport()
{
    if (m_dialog)
        return;
    m_ui.dialogs.openFile(m_window, tr("Import shards — %1").arg(qs(m_settings.profile)), {}, [this](const QString &path) { readFile(path); });
}

void ShardsController::readFile(const QString &path)
{
    const QString title = tr("Import shards from %1").arg(path.section(QLatin1Char('/'), -1));
    using Import = std::shared_ptr<ShardImport>;
    deliver<Import>(
        this,
        [&](Answer<Import> answer) {
            // a large file takes seconds to read
            m_executor.post([answer, file = path.toStdString()](store::Session &) {
                const auto text = zandb::readFile(file, mostImport);
                answer(text ? Result<Import>(std::make_shared<ShardImport>(parseShards(*text, shardFormatOf(file, *text)))) : Result<Import>(fail(text.error())));
            });
        },
        [this, title](const Result<Import> &import) {
            if (!import) {
                m_ui.dialogs.message(m_window, tr("Not done"), title + QStringLiteral(":\n") + errorText(import.error()));
                return;
            }
            if ((*import)->faultCount > 0) {
                ShardPreviewDialog::Question question;
                question.title = title;
                question.profile = qs(m_settings.profile);
                for (const ShardImportFault &fault : (*import)->faults) {
                    if (question.faults.size() < mostLines)
                        question.faults << shardFaultText(fault);
                }
                const auto more = static_cast<int>((*import)->faultCount) - static_cast<int>(question.faults.size());
                question.faultsMore = more > 0 ? tr("and %n more", nullptr, more) : QString();
                m_dialog = new ShardPreviewDialog(m_ui, question, m_window);
                m_dialog->open();
                return;
            }
            m_remake = [import = *import, fleet = m_state.fleet()](bool keepOthers) -> MakePlan {
                return [import, fleet, keepOthers](store::Session &session) { return sharding::planImport(session, *fleet, import->shards, keepOthers); };
            };
            preview(title, tr("Import"), m_remake(false), true);
        });
}

void ShardsController::askRule(const std::vector<Uuid> &ids)
{
    if (m_dialog)
        return;
    ShardRuleDialog::Question question;
    question.profile = qs(m_settings.profile);
    question.rule.id = Uuid::v7();
    for (const Group &group : m_state.fleet()->groups)
        question.groups.emplace_back(group.id, groupPath(*m_state.fleet(), group.id));
    std::ranges::sort(question.groups, {}, &std::pair<Uuid, QString>::second);
    if (!ids.empty()) {
        const ShardRuleRow *row = m_rules.row(m_rules.rowOf(ids.front()));
        if (!row)
            return;
        question.rule = row->rule;
        question.isEdit = true;
    }
    auto *dialog = new ShardRuleDialog(question, m_window);
    m_dialog = dialog;
    connect(dialog, &ShardRuleDialog::previewRequested, this, [this](const ShardRule &rule) {
        m_dialog.clear();
        preview(tr("Rule of %1").arg(qs(rule.database)), tr("Set the rule"), [rule, fleet = m_state.fleet()](store::Session &session) {
            return sharding::planRules(session, *fleet, {rule, {}});
        });
    });
    dialog->open();
}

void ShardsController::removeRule(const Uuid &id)
{
    const ShardRuleRow *row = m_rules.row(m_rules.rowOf(id));
    if (!row || m_dialog)
        return;
    preview(tr("Remove a rule of %1").arg(qs(row->rule.database)), tr("Remove the rule"), [rule = row->rule, fleet = m_state.fleet()](store::Session &session) {
        return sharding::planRules(session, *fleet, {{}, rule});
    });
}

void ShardsController::applyRules()
{
    if (!m_dialog)
        preview(tr("Apply the rules"), tr("Apply"), [fleet = m_state.fleet()](store::Session &session) { return sharding::planRules(session, *fleet); });
}

void ShardsController::preview(const QString &title, const QString &accept, MakePlan make, bool isImport)
{
    m_title = title;
    m_accept = accept;
    m_isImport = isImport;
    m_make = std::move(make);
    ask<Plan>(
        m_executor, m_planning,
        [make = m_make](store::Session &session) -> Result<Plan> {
            auto plan = make(session);
            return plan ? Result<Plan>(std::make_shared<const sharding::ShardPlan>(std::move(*plan))) : Result<Plan>(fail(plan.error()));
        },
        [this](const Result<Plan> &plan) {
            if (plan)
                showPlan(*plan);
            else
                m_ui.dialogs.message(m_window, tr("Not done"), m_title + QStringLiteral(":\n") + errorText(plan.error()));
        });
}

ShardPreviewDialog::Question ShardsController::questionOf(const sharding::ShardPlan &plan) const
{
    ShardPreviewDialog::Question question;
    question.title = m_title;
    question.profile = qs(m_settings.profile);
    question.changes = plan.changes;
    question.counts = plan.counts;
    question.accept = m_accept;
    question.always = plan.rule.set || plan.rule.removed;
    question.canKeepOthers = m_isImport;
    const auto few = [](const QStringList &all) { return all.mid(0, 5).join(QStringLiteral(", ")) + (all.size() > 5 ? QStringLiteral(", …") : QString()); };
    if (!plan.unseen.empty()) {
        QStringList names;
        for (const Uuid &id : plan.unseen)
            names << qs(m_state.fleet()->pathOf(id));
        names.sort();
        question.warnings << tr("The schemas of these instances were not collected yet, by a snapshot: %1").arg(few(names));
    }
    if (plan.unknownOwnerCount > 0) {
        QStringList names;
        for (const std::string &owner : plan.unknownOwners)
            names << qs(owner);
        question.warnings << tr("%n shard(s) have owners that are not of this fleet: %1", nullptr, static_cast<int>(plan.unknownOwnerCount)).arg(few(names));
    }
    return question;
}

void ShardsController::showPlan(const Plan &plan)
{
    m_plan = plan;
    if (auto *shown = qobject_cast<ShardPreviewDialog *>(m_dialog.data())) {
        shown->setQuestion(questionOf(*plan));
        return;
    }
    auto *dialog = new ShardPreviewDialog(m_ui, questionOf(*plan), m_window);
    m_dialog = dialog;
    connect(dialog, &ShardPreviewDialog::applyAgreed, this, &ShardsController::carryOut);
    connect(dialog, &ShardPreviewDialog::keepOthersChosen, this, [this](bool keep) { preview(m_title, m_accept, m_remake(keep), true); });
    dialog->open();
}

void ShardsController::carryOut()
{
    struct Done
    {
    };
    m_dialog.clear();
    deliver<Done>(
        this,
        [&](Answer<Done> answer) {
            m_executor.post([answer, plan = m_plan](store::Session &session) {
                const auto done = sharding::apply(session, *plan);
                answer(done ? Result<Done>(Done{}) : Result<Done>(fail(done.error())));
            });
        },
        [this, title = m_title, counts = m_plan->counts](const Result<Done> &done) {
            if (!done)
                m_ui.dialogs.message(m_window, tr("Not done"), title + QStringLiteral(":\n") + errorText(done.error()));
            else
                Q_EMIT accepted(title + QStringLiteral(": ") + shardCountsText(counts));
            m_list.wantNow();
        });
}

void ShardsController::compare()
{
    if (m_busy || m_facts.shards.empty())
        return;
    m_withKey([this] {
        if (m_busy)
            return;
        m_busy = true;
        std::vector<Shard> shards;
        for (const ShardRow &row : m_facts.shards)
            shards.push_back(row.shard);
        const auto all = static_cast<int>(shards.size());
        Q_EMIT comparing(0, all);
        m_comparing = std::jthread([this, shards = std::move(shards), all, pool = m_calls.pool(), fleet = m_state.fleet(), now = m_state.now()](const std::stop_token &stop) {
            std::map<std::string, std::vector<ShardTables>> read;
            int done = 0, unread = 0;
            sharding::readShardTables(*pool, *fleet, shards, [&](const Shard &shard, Result<ShardTables> tables) {
                ++done;
                if (tables)
                    read[shard.database].push_back(std::move(*tables));
                else
                    ++unread;
                QMetaObject::invokeMethod(this, [this, done, all] { Q_EMIT comparing(done, all); }, Qt::QueuedConnection);
            }, stop);
            std::vector<ShardFindingRow> rows;
            for (auto &[database, tables] : read) {
                for (const ShardDifference &difference : compareShards(std::move(tables)))
                    rows.push_back(findingRowOf(database, difference));
            }
            QMetaObject::invokeMethod(this, [this, rows = std::move(rows), unread, now] { setCompared(rows, unread, now); }, Qt::QueuedConnection);
        });
    });
}

void ShardsController::setCompared(std::vector<ShardFindingRow> rows, int unread, TimePoint at)
{
    m_busy = false;
    m_differences = std::move(rows);
    m_compared = at;
    m_unread = unread;
    Q_EMIT comparing(0, 0);
    show();
}

} // namespace zandb::console
